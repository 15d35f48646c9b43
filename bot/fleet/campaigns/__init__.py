"""Decides about campaigns: which of them a command means, and to which of them a run belongs. Pure."""
