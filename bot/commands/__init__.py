"""What can be said: the commands as models, and ``parse``, which reads them from typed text."""

from bot.commands.models import (
    COMMANDS,
    LONGEST_SNOOZE,
    Ack,
    Audit,
    Cancel,
    Command,
    Digest,
    Help,
    Pause,
    Plan,
    Resume,
    Retry,
    Run,
    Snooze,
    Split,
    Status,
    Struggling,
    Terminate,
    Verify,
)
from bot.commands.names import usage_hint
from bot.commands.parse import parse
from bot.commands.request import SLASH, AlertRequest, By, ControlRequest, Purpose, Request, Which
from bot.commands.words import shown

__all__ = [
    "COMMANDS",
    "LONGEST_SNOOZE",
    "SLASH",
    "Ack",
    "AlertRequest",
    "Audit",
    "By",
    "Cancel",
    "Command",
    "ControlRequest",
    "Digest",
    "Help",
    "Pause",
    "Plan",
    "Purpose",
    "Request",
    "Resume",
    "Retry",
    "Run",
    "Snooze",
    "Split",
    "Status",
    "Struggling",
    "Terminate",
    "Verify",
    "Which",
    "parse",
    "shown",
    "usage_hint",
]
