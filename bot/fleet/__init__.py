"""Decides, without I/O: identity, health, plans, proposals, alerts. ``now`` is always an argument."""
