"""Moments: how they are written where Slack cannot show them in each reader's own zone, and which can have been."""

from datetime import UTC, datetime, timedelta

# Clocks that are set by NTP differ from each other by less, and so do whole seconds and an answer's own way.
MAX_CLOCK_SKEW = timedelta(seconds=30)


def in_utc(at: datetime) -> str:
    """``2026-02-22 09:00 UTC``, whatever zone it comes in. Raises ValueError for one without a zone, which could mean
    any."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def is_past_within_skew(at: datetime, now: datetime) -> bool:
    """Whether what was written down as past is so, as far as clocks may differ. One that is not is of a clock that
    was ahead, and tells nothing: to believe it would mean to wait until its time has come."""
    return at <= now + 2 * MAX_CLOCK_SKEW
