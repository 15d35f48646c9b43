"""The decisions of a cluster's queue: which customer is next, how many slots are free, what a message changes."""
