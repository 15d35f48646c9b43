"""A local Slack: its wire protocols, its strictness, and a channel to look at in the browser."""

from sandbox.slack.errors import PortInUse
from sandbox.slack.grid import Grid
from sandbox.slack.people import SlackSeed, User, UserGroup
from sandbox.slack.server import LocalSlack, Setting
from sandbox.slack.workspace import Timings

__all__ = ["Grid", "LocalSlack", "PortInUse", "Setting", "SlackSeed", "Timings", "User", "UserGroup"]
