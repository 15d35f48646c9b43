"""The findings of ``check``: operators, workers, and whether the configuration fits the runs."""
