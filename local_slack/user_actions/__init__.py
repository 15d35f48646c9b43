"""What people do in Slack, and the payloads with which the app learns of it."""
