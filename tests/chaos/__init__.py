"""The day of the operations log while everything fails that can: what the channel shows at its end is held against
what has happened."""
