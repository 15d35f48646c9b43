"""A strict Slack on this machine for any app: Web API, Socket Mode, signed requests, and a page in the browser."""

from local_slack.errors import PortInUse
from local_slack.server import LocalSlack, Setting
from local_slack.web_api.rate_limits import UNLIMITED
from local_slack.workspace import Timings
from local_slack.workspace.people import Grid, SlackSeed, User, UserGroup

__all__ = ["UNLIMITED", "Grid", "LocalSlack", "PortInUse", "Setting", "SlackSeed", "Timings", "User", "UserGroup"]
