"""Faults of calls and deliveries: the kinds there are, and the active ones."""
