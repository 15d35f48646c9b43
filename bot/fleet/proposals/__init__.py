"""Proposals: each command that changes something becomes a Proposal, or a UsageError that says why not. Pure."""
