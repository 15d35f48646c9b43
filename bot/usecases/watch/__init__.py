"""The watcher: one pass over a cluster describes the runs that are due, decides about alerts, and records the
results."""
