"""Proposals: each command that changes something becomes a Proposal, or Declined with the reason why not. Pure."""
