"""Decides without I/O: windows, coverage, identity, health, the board, verdicts, alerts. ``now`` is an argument."""
