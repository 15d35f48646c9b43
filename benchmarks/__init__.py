"""Benchmarks: how much more time or work the bot takes than the least that is possible; see README.md."""
