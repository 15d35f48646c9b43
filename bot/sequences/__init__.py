"""SequentialBackfill: the workflow that runs a customer's windows durably, its activities, and their worker."""
