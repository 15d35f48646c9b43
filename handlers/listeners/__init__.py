"""Listeners for Slack's deliveries: commands, buttons and modals, and how each is checked and answered."""
