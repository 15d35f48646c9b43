"""The decisions of the bot, without I/O: identity and health of runs, plans, proposals and alerts. The current time
is always an argument (``now``)."""
