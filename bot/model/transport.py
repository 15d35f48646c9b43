"""The transports of Slack's deliveries. Here, because the command line needs them and no configuration."""

from enum import StrEnum


class Transport(StrEnum):
    """How Slack's deliveries reach the bot."""

    SOCKET_MODE = "Socket Mode"
    HTTP = "HTTP mode"
