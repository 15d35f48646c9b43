"""Ratios of what the bot takes to the floor under it; see README.md."""
