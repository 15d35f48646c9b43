"""The adapter of webhooks: PagerDuty's Events API v2, and any URL that takes JSON."""

from bot.adapters.webhooks.sender import HttpWebhooks, Webhook

__all__ = ["HttpWebhooks", "Webhook"]
