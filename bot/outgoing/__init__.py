"""Posts the outbox's messages to Slack, and decides what follows when Slack refuses a message or fails."""
