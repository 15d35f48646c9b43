"""The workflows ``SequentialBackfill``, which runs a customer's windows durably, and ``BackfillQueue``, which gives
out a cluster's slots for windows; their activities; and the workers of both."""
