"""The commands that change single activities and leave their workflow as it is: a model and a reader for each."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from bot.commands.names import required_name, usage_hint
from bot.commands.request import ControlRequest, Reach
from bot.commands.words import shown
from bot.errors import UsageError
from bot.model import parse_duration

SHORTEST_TIMEOUT, LONGEST_TIMEOUT = timedelta(seconds=1), timedelta(days=1)


class Timeout(ControlRequest):
    """Gives the running activities of a customer a longer heartbeat timeout at once, without another attempt."""

    reach = Reach.ALL
    forms = ("timeout <customer> [30m|2h|…]",)
    examples = ("timeout hilton 30m", "timeout voice-prod/hilton")
    reason_example = "one day has far more rows than the others"

    kind: Literal["timeout"] = "timeout"
    span: timedelta | None = Field(default=None, ge=SHORTEST_TIMEOUT, le=LONGEST_TIMEOUT)


def read_timeout(words: Sequence[str], _today: date) -> Timeout:
    target = required_name(Timeout, words[:1], "a customer", words)
    if len(words) == 1:
        return Timeout(target=target)
    text = " ".join(words[1:])
    try:
        span = parse_duration(text)
    except (ValueError, OverflowError):
        raise UsageError(f"{shown(text)} is not a duration.", usage_hint(Timeout)) from None
    if not SHORTEST_TIMEOUT <= span <= LONGEST_TIMEOUT:
        raise UsageError("A heartbeat timeout is between 1 s and 1 day.", usage_hint(Timeout))
    return Timeout(target=target, span=span)


class Reset(ControlRequest):
    """Retries at once the activities that wait for their next attempt, and counts attempts from 1 again."""

    reach = Reach.ALL
    forms = ("reset <customer>",)
    examples = ("reset hilton", "reset voice-prod/hilton")
    reason_example = "the source is back"

    kind: Literal["reset"] = "reset"


def read_reset(words: Sequence[str], _today: date) -> Reset:
    return Reset(target=required_name(Reset, words, "a customer", words))
