"""Alerts: which runs need a person, how an alert changes and ends, and which alerts form a group."""
