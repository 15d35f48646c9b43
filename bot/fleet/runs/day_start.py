"""Computes when a day begins in a time zone. That is not always midnight, because some zones change clocks then.

Apr 24 2026 in Cairo begins at 01:00. Where clocks go back at midnight, the day has two midnights and begins at the
first one (the IANA time zone database, as ``zoneinfo`` reads it).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

SECOND = timedelta(seconds=1)
# No zone ever changed its clocks by more: those that crossed the date line moved them by about a day.
LONGEST_GAP = timedelta(days=2)


@lru_cache(maxsize=10_000)
def first_moment(day: date, zone: tzinfo) -> datetime:
    """The first moment of the day, in UTC; the first moment after it when the zone has skipped that day.

    Raises OverflowError near the earliest and latest date that Python can hold.
    """
    midnight = datetime.combine(day, time.min)
    begins = midnight.replace(tzinfo=zone).astimezone(UTC)
    if begins.astimezone(zone).replace(tzinfo=None) == midnight:
        return begins
    # There is no midnight: the change of clocks skips it, and the day begins with the change. ``begins`` is later.
    before, after = begins - LONGEST_GAP, begins
    while after - before > SECOND:
        between = before + SECOND * ((after - before) // SECOND // 2)
        if between.astimezone(zone).date() < day:
            before = between
        else:
            after = between
    return after


def day_begun(moment: datetime, zone: tzinfo) -> date | None:
    """The day that begins at exactly this moment, else None. Raises OverflowError as ``first_moment`` does."""
    day = moment.astimezone(zone).date()
    return day if moment == first_moment(day, zone) else None
