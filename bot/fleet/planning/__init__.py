"""Plans: which windows a range is cut into, how long each takes, what Temporal is to start."""
