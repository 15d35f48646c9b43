"""What can be said: the commands as models, and ``parse``, which reads them from typed text."""

from bot.commands.alerts import LONGEST_SNOOZE, Ack, Snooze
from bot.commands.control import Cancel, Control, Pause, Resume, Retry, Run, Split, Terminate
from bot.commands.names import usage_hint
from bot.commands.parse import parse
from bot.commands.queries import Audit, Digest, Help, Plan, Status, Struggling, Verify
from bot.commands.request import SLASH, AlertRequest, By, ControlRequest, Purpose, Reader, Request, Which
from bot.commands.words import shown

__all__ = [
    "LONGEST_SNOOZE",
    "SLASH",
    "Ack",
    "AlertRequest",
    "Audit",
    "By",
    "Cancel",
    "Control",
    "ControlRequest",
    "Digest",
    "Help",
    "Pause",
    "Plan",
    "Purpose",
    "Reader",
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
