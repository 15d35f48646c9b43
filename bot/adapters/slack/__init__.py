"""Slack's Web API behind the ports Channel and People. Nothing outside this package knows Slack's methods."""

from bot.adapters.slack.channel import SlackChannel
from bot.adapters.slack.check import BOT_SCOPES, check_app_token
from bot.adapters.slack.client import slack_client
from bot.adapters.slack.errors import in_our_words
from bot.adapters.slack.people import SlackPeople

__all__ = ["BOT_SCOPES", "SlackChannel", "SlackPeople", "check_app_token", "in_our_words", "slack_client"]
