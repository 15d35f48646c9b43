"""Alerts: which runs need a person, how an alert lives and ends, and which of them form a group."""
