"""The team's own backfill: the workflow CustomerBackfill and the worker that runs it on every cluster."""
