"""The control API under /_control/: drives this Slack from tests and benchmarks (docs/local-slack.md)."""

from local_slack.control.actions import DoingControl, ModalControl
from local_slack.control.administration import PeopleControl, SettingsControl
from local_slack.control.observation import LookingControl
from local_slack.control.requests import Naming, control_errors

__all__ = [
    "DoingControl",
    "LookingControl",
    "ModalControl",
    "Naming",
    "PeopleControl",
    "SettingsControl",
    "control_errors",
]
