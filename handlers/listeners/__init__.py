"""Listeners for Slack's deliveries, such as commands, buttons, modals, mentions and the Home tab, and how each is
checked and answered."""
