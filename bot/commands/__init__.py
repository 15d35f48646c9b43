"""The commands as frozen models, and ``parse``, which reads them from typed text."""

from bot.commands.alerts import LONGEST_SNOOZE, Ack, Snooze
from bot.commands.control import Cancel, Control, Pause, Resume, Retry, Run, Split, Terminate
from bot.commands.names import usage_hint
from bot.commands.parse import parse
from bot.commands.queries import Audit, Digest, Help, Plan, Status, Struggling, Verify
from bot.commands.request import SLASH, AlertRequest, Breakdown, ControlRequest, Purpose, Reader, Request, Selection
from bot.commands.words import shown

__all__ = [
    "LONGEST_SNOOZE",
    "SLASH",
    "Ack",
    "AlertRequest",
    "Audit",
    "Breakdown",
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
    "Selection",
    "Snooze",
    "Split",
    "Status",
    "Struggling",
    "Terminate",
    "Verify",
    "parse",
    "shown",
    "usage_hint",
]
