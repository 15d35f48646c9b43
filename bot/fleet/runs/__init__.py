"""Runs of a team's workflow: whom each is for, how healthy it is, and what is remembered of it."""
