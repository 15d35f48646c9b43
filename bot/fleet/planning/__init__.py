"""Plans: the windows of a range, the estimated time of each, and the request to start one."""
