"""The control API under /_control/: drives this Slack from tests and benchmarks (docs/local-slack.md)."""

from local_slack.control.actions import DoingControl
from local_slack.control.app_settings import SettingsControl
from local_slack.control.lookup import Naming
from local_slack.control.modals import ModalControl
from local_slack.control.observation import LookingControl
from local_slack.control.people import PeopleControl
from local_slack.control.requests import control_errors

__all__ = [
    "DoingControl",
    "LookingControl",
    "ModalControl",
    "Naming",
    "PeopleControl",
    "SettingsControl",
    "control_errors",
]
