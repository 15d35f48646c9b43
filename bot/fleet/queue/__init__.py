"""The decisions of a cluster's queue: who is next, how many slots are free, what a message changes."""
