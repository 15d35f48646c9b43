"""Tests of the local Slack, through its real ports."""
