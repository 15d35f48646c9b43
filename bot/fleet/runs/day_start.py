"""When a day begins in a time zone: not always at midnight, for clocks are also changed at midnight.

The first moment of Apr 24 2026 in Cairo is 01:00. Where clocks go back at midnight a day has two, and begins at the
first (the IANA time zone database, as ``zoneinfo`` reads it).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

SECOND = timedelta(seconds=1)
# No clock was ever put on by more, where a zone crossed the date line.
LONGEST_GAP = timedelta(days=2)


@lru_cache(maxsize=10_000)
def first_moment(day: date, zone: tzinfo) -> datetime:
    """In UTC; of a day that a zone has left out, the first moment after it. Raises OverflowError at the ends of
    time."""
    midnight = datetime.combine(day, time.min)
    begins = midnight.replace(tzinfo=zone).astimezone(UTC)
    if begins.astimezone(zone).replace(tzinfo=None) == midnight:
        return begins
    # There is no midnight: ``begins`` is after the change that has left it out, and the day begins with the change.
    before, after = begins - LONGEST_GAP, begins
    while after - before > SECOND:
        between = before + SECOND * ((after - before) // SECOND // 2)
        if between.astimezone(zone).date() < day:
            before = between
        else:
            after = between
    return after


def day_begun(moment: datetime, zone: tzinfo) -> date | None:
    """The day of which this is the first moment there, None when it is of none. Raises OverflowError as above."""
    day = moment.astimezone(zone).date()
    return day if moment == first_moment(day, zone) else None
