"""Messages that the bot sends unasked, as facts; their keys; and which have become stale."""
