"""Moments as lines: each reader sees them in the own time zone, and plain text in UTC."""

from datetime import datetime, timedelta

from bot.blocks import words
from bot.blocks.lines import Line

# Even over a midnight, nobody takes the later time for one of the day before.
CLOSE = timedelta(hours=1)


def moment(at: datetime | None) -> Line:
    """``2026-02-23 14:00 UTC``; nothing for an unknown one."""
    return Line(words.plain_when(at), words.when(at)) if at else Line.of("")


def between(first: datetime, last: datetime) -> Line:
    """``between 2026-02-23 14:00 and 15:40 UTC``, or ``at`` one of them if both read the same. The day is said once:
    in plain text if it is the same in UTC, and in Slack, where each reader has an own day, if the times are close."""
    low, high = words.plain_when(first), words.plain_when(last)
    if low == high:
        return Line.of("at").then(moment(first))
    if low.split()[0] == high.split()[0]:
        low, high = low.removesuffix(" UTC"), high.split(" ", 1)[1]
    later = words.clock(last) if last - first <= CLOSE else words.when(last)
    return Line(f"between {low} and {high}", f"between {words.when(first)} and {later}")
