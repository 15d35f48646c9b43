"""The workflow ``SequentialBackfill``, which runs a customer's windows durably; its activities; and its workers."""
