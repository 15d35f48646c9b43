"""Handles what Slack delivers: the transports, the listeners, and the registry that routes each command."""
