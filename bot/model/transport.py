"""The transports of Slack's deliveries. They are not in ``bot.config``, because the command line needs them without
loading the configuration."""

from enum import StrEnum


class Transport(StrEnum):
    """How Slack's deliveries reach the bot."""

    SOCKET_MODE = "Socket Mode"
    HTTP = "HTTP mode"
