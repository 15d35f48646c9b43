"""Sends the outbox's messages to Slack and to webhooks, and decides what follows when one is refused or fails."""
