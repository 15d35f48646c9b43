"""The configuration: ``Settings`` from the environment, ``Config`` from backfill.toml, both frozen and checked whole.

This package knows none of the code that uses the values.
"""

from bot.config.alerts import Alerts
from bot.config.backfill_toml import (
    Config,
    DigestConfig,
)
from bot.config.campaign import Campaign
from bot.config.campaigns import common_days, problem_of
from bot.config.cluster import ClickHouseAddress, ClusterConfig, TemporalAddress
from bot.config.control import Control
from bot.config.cron import CronLine, read_cron
from bot.config.env_file import USUAL, EnvFile, read_env_file
from bot.config.environment import LogFormat, Settings
from bot.config.identity import IdentityConfig
from bot.config.load import Loaded, load, mistakes_in
from bot.config.routes import RouteConfig
from bot.config.slack import SlackConfig
from bot.config.watch import Watch
from bot.config.workflow import WorkflowConfig
from bot.model.transport import Transport

__all__ = [
    "USUAL",
    "Alerts",
    "Campaign",
    "ClickHouseAddress",
    "ClusterConfig",
    "Config",
    "Control",
    "CronLine",
    "DigestConfig",
    "EnvFile",
    "IdentityConfig",
    "Loaded",
    "LogFormat",
    "RouteConfig",
    "Settings",
    "SlackConfig",
    "TemporalAddress",
    "Transport",
    "Watch",
    "WorkflowConfig",
    "common_days",
    "load",
    "mistakes_in",
    "problem_of",
    "read_cron",
    "read_env_file",
]
