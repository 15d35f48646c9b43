"""Runs of a team's workflow: customer and days, health, and what the store keeps of them."""
