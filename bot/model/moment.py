"""Moments as text in UTC, and the tolerance for clocks that differ."""

from datetime import UTC, datetime, timedelta

# Two clocks under NTP differ by less than this, even with rounding to seconds and the time that an answer travels.
MAX_CLOCK_SKEW = timedelta(seconds=30)


def in_utc(at: datetime) -> str:
    """The moment as ``2026-02-22 09:00 UTC``, for places where Slack does not convert times to the reader's zone.

    Raises ValueError for a moment without a zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def is_past_within_skew(at: datetime, now: datetime) -> bool:
    """Whether ``at``, a recorded moment, is at most twice ``MAX_CLOCK_SKEW`` after ``now``. Then it may be in the
    past, because each of the two clocks may be wrong by up to ``MAX_CLOCK_SKEW``.

    A moment that is later than this was recorded on a clock that was ahead. Callers ignore such a moment, because
    waiting for it would take as long as that clock was ahead.
    """
    return at <= now + 2 * MAX_CLOCK_SKEW
