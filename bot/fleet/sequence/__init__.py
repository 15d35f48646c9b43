"""Decisions of a sequence: the next window, what a window's end means, what instructions change."""
