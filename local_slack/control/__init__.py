"""The control API under /_control/, which drives this Slack from tests and scripts (docs/local-slack.md)."""
