"""The Slack adapter: Channel, Modals, Files and People on the Web API."""

from bot.adapters.slack.channel import SlackChannel
from bot.adapters.slack.check import check_app_token, check_clock
from bot.adapters.slack.client import LONGEST_CALL, PacedClient, slack_client
from bot.adapters.slack.errors import translate_errors
from bot.adapters.slack.files import SlackFiles
from bot.adapters.slack.modals import SlackModals, view_json
from bot.adapters.slack.people import SlackPeople

__all__ = [
    "LONGEST_CALL",
    "PacedClient",
    "SlackChannel",
    "SlackFiles",
    "SlackModals",
    "SlackPeople",
    "check_app_token",
    "check_clock",
    "slack_client",
    "translate_errors",
    "view_json",
]
