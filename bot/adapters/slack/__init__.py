"""Slack's Web API behind the ports Channel and People. Nothing outside this package knows Slack's methods."""

from bot.adapters.slack.channel import SlackChannel
from bot.adapters.slack.client import slack_client
from bot.adapters.slack.people import SlackPeople

__all__ = ["SlackChannel", "SlackPeople", "slack_client"]
