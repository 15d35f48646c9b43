"""The commands as frozen models, and ``parse``, which reads them from typed text."""

from bot.commands.activities import LONGEST_TIMEOUT, Reset, Timeout
from bot.commands.alerts import LONGEST_SNOOZE, Ack, Snooze
from bot.commands.control import (
    Cancel,
    Control,
    Pause,
    Resume,
    Retry,
    Run,
    Split,
    Terminate,
    retry_several,
    split_struggling,
)
from bot.commands.names import usage_hint
from bot.commands.notify import Notify
from bot.commands.parse import parse
from bot.commands.queries import Audit, Campaigns, Digest, Help, Plan, Report, Status, Struggling, Verify
from bot.commands.request import (
    SLASH,
    AlertRequest,
    Breakdown,
    ControlRequest,
    Group,
    Page,
    PagedRequest,
    Part,
    Purpose,
    Reach,
    Reader,
    Request,
    Selection,
)
from bot.commands.words import shown

__all__ = [
    "LONGEST_SNOOZE",
    "LONGEST_TIMEOUT",
    "SLASH",
    "Ack",
    "AlertRequest",
    "Audit",
    "Breakdown",
    "Campaigns",
    "Cancel",
    "Control",
    "ControlRequest",
    "Digest",
    "Group",
    "Help",
    "Notify",
    "Page",
    "PagedRequest",
    "Part",
    "Pause",
    "Plan",
    "Purpose",
    "Reach",
    "Reader",
    "Report",
    "Request",
    "Reset",
    "Resume",
    "Retry",
    "Run",
    "Selection",
    "Snooze",
    "Split",
    "Status",
    "Struggling",
    "Terminate",
    "Timeout",
    "Verify",
    "parse",
    "retry_several",
    "shown",
    "split_struggling",
    "usage_hint",
]
