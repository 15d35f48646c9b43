"""Messages that the bot sends unasked, as data. Also their keys in the outbox, and which of them have become
stale."""
