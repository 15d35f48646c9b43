"""The control API under /_control/: drives this Slack from tests and benchmarks (docs/local-slack.md)."""

from sandbox.slack.control.app_settings import SettingsControl
from sandbox.slack.control.doing import DoingControl
from sandbox.slack.control.looking import LookingControl
from sandbox.slack.control.modals import ModalControl
from sandbox.slack.control.naming import Naming
from sandbox.slack.control.people import PeopleControl
from sandbox.slack.control.requests import control_errors

__all__ = [
    "DoingControl",
    "LookingControl",
    "ModalControl",
    "Naming",
    "PeopleControl",
    "SettingsControl",
    "control_errors",
]
