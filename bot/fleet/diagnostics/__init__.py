"""The findings of ``backfill-bot check``: operators, workers, and whether the configuration fits the runs."""
