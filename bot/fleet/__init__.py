"""The decisions of the bot, without I/O: identity, health, plans, proposals, alerts. ``now`` is an argument."""
