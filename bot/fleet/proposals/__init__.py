"""Proposals: what each command that changes something would do, or ``Declined`` with the reason why it does nothing.
Pure."""
