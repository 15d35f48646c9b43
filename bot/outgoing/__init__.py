"""Delivers the messages of the outbox to Slack, and decides what follows when Slack does not take one."""
