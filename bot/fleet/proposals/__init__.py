"""What a command that changes something would do: from what is known to a Proposal, or a UsageError. Pure."""
