"""The Slack adapter, on the local Slack, and its fakes, under one contract."""
