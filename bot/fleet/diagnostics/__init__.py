"""The findings of ``backfill-bot check``: who may change things, whom alerts reach, which bots are alive, workers and
calls, and whether the configuration fits the runs and tables."""
