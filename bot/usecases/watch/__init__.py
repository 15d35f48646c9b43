"""One pass of the watcher over a cluster: describe what is due, decide, record."""
