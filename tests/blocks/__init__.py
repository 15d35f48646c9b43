"""Tests of the texts and blocks that people read."""
