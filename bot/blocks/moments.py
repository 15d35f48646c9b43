"""Moments as lines: the mrkdwn shows each reader the time in their own time zone, and the plain text is in UTC."""

from datetime import datetime, timedelta

from bot.blocks import words
from bot.blocks.lines import Line

# Of two times at most this far apart, the later one needs no day: even across midnight nobody misreads it.
CLOSE = timedelta(hours=1)


def moment(at: datetime | None) -> Line:
    """``2026-02-23 14:00 UTC``; an empty line for None."""
    return Line(words.plain_when(at), words.when(at)) if at else Line.of("")


def between(first: datetime, last: datetime) -> Line:
    """``between 2026-02-23 14:00 and 15:40 UTC``, or ``at 2026-02-23 14:00 UTC`` if both times read the same.

    The later time is given without its day if nobody can misread that. In plain text, the day is left out if both
    times are on the same day in UTC. In mrkdwn, the day depends on the reader's time zone, so the day is left out
    only if the times are at most ``CLOSE`` apart.
    """
    low, high = words.plain_when(first), words.plain_when(last)
    if low == high:
        return Line.of("at").then(moment(first))
    if low.split()[0] == high.split()[0]:
        low, high = low.removesuffix(" UTC"), high.split(" ", 1)[1]
    later = words.clock(last) if last - first <= CLOSE else words.when(last)
    return Line(f"between {low} and {high}", f"between {words.when(first)} and {later}")
