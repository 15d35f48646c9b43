"""Messages that the bot sends unasked, as data; their keys in the outbox; and which of them have become stale."""
