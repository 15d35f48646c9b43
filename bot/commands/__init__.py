"""What can be said: the commands as models, and ``parse``, which reads them from typed text."""

from bot.commands.models import (
    COMMANDS,
    LONGEST_SNOOZE,
    SLASH,
    Ack,
    AlertRequest,
    Audit,
    By,
    Command,
    Digest,
    Help,
    Plan,
    Purpose,
    Request,
    Snooze,
    Status,
    Struggling,
    Verify,
)
from bot.commands.parse import parse, usage_hint
from bot.commands.words import shown

__all__ = [
    "COMMANDS",
    "LONGEST_SNOOZE",
    "SLASH",
    "Ack",
    "AlertRequest",
    "Audit",
    "By",
    "Command",
    "Digest",
    "Help",
    "Plan",
    "Purpose",
    "Request",
    "Snooze",
    "Status",
    "Struggling",
    "Verify",
    "parse",
    "shown",
    "usage_hint",
]
