"""Moments as lines: each reader sees them in the own time zone, and plain text in UTC."""

from datetime import datetime

from bot.blocks import words
from bot.blocks.lines import Line


def moment(at: datetime | None) -> Line:
    """``2026-02-23 14:00 UTC``; nothing for an unknown one."""
    return Line(words.plain_when(at), words.when(at)) if at else Line.of("")


def between(first: datetime, last: datetime) -> Line:
    """``between 2026-02-23 14:00 UTC and 2026-02-23 15:40 UTC``, or ``at`` one of them if both read the same."""
    low, high = moment(first), moment(last)
    return Line.of("at").then(low) if low.plain == high.plain else Line.of("between").then(low).then("and").then(high)
