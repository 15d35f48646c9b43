"""The commands about open alerts: a model and a reader each."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from bot.commands.names import required_name, usage_hint
from bot.commands.request import SLASH, AlertRequest, Purpose
from bot.commands.words import shown, typed
from bot.errors import UsageError
from bot.model import parse_duration

LONGEST_SNOOZE = timedelta(days=30)
_WHOSE = "the customer whose alert it is, or a cluster"


class Ack(AlertRequest):
    """Acknowledges the open alert of a customer, or all of a cluster: you have seen them, and reminders stop."""

    purpose = Purpose.CHANGE
    forms = ("ack <customer|cluster>",)
    examples = ("ack hilton", "ack voice-prod/hilton", "ack voice-prod")

    kind: Literal["ack"] = "ack"


def read_ack(words: Sequence[str], _today: date) -> Ack:
    return Ack(target=required_name(Ack, words, _WHOSE, words))


class Snooze(AlertRequest):
    """Silences the open alert of a customer, or all of a cluster, for a while or until something changes."""

    purpose = Purpose.CHANGE
    forms = ("snooze <customer|cluster> [30m|2h|8h|…]",)
    examples = ("snooze hilton 2h", "snooze voice-prod/hilton 1h30m", "snooze voice-prod 8h", "snooze hilton")

    kind: Literal["snooze"] = "snooze"
    span: timedelta | None = Field(default=None, gt=timedelta(0), le=LONGEST_SNOOZE)


def read_snooze(words: Sequence[str], _today: date) -> Snooze:
    target = required_name(Snooze, words[:1], _WHOSE, words)
    if len(words) == 1:
        return Snooze(target=target)
    try:
        span = parse_duration(" ".join(words[1:]))
    except (ValueError, OverflowError):
        raise UsageError(f"{shown(' '.join(words[1:]))} is not a duration.", usage_hint(Snooze)) from None
    if span > LONGEST_SNOOZE:
        raise UsageError(
            f"A snooze lasts at most {LONGEST_SNOOZE.days} days.",
            f"{SLASH} snooze {typed(target)}, without a duration, lasts until the alert changes.",
        )
    return Snooze(target=target, span=span)
