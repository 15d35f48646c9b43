"""What comes in from Slack: the transports, the listeners, and the registry that routes each command."""
