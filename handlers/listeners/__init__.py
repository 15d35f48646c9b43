"""Slack's deliveries one by one: commands, buttons, modals, and how each is checked and answered."""
