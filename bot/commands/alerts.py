"""The commands about one open alert: a model and a reader each."""

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


class Ack(AlertRequest):
    """Acknowledges a customer's open alert: you have seen it, and reminders of it stop."""

    purpose = Purpose.CHANGE
    forms = ("ack <customer>",)
    examples = ("ack hilton", "ack voice-prod/hilton")

    kind: Literal["ack"] = "ack"


def read_ack(words: Sequence[str], _today: date) -> Ack:
    return Ack(target=required_name(Ack, words, "the customer whose alert it is", words))


class Snooze(AlertRequest):
    """Silences a customer's open alert for a while, or until something about it changes."""

    purpose = Purpose.CHANGE
    forms = ("snooze <customer> [30m|2h|8h|…]",)
    examples = ("snooze hilton 2h", "snooze voice-prod/hilton 1h30m", "snooze hilton")

    kind: Literal["snooze"] = "snooze"
    span: timedelta | None = Field(default=None, gt=timedelta(0), le=LONGEST_SNOOZE)


def read_snooze(words: Sequence[str], _today: date) -> Snooze:
    target = required_name(Snooze, words[:1], "the customer whose alert it is", words)
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
