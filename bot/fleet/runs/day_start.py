"""Computes when a day begins in a time zone. That is not always midnight, because some zones change their clocks
then.

In Cairo, Apr 24 2026 begins at 01:00. If the clocks go back at midnight, the day has two midnights, and begins at the
first one (as in the IANA time zone database, which ``zoneinfo`` reads).
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

SECOND = timedelta(seconds=1)
# No zone ever changed its clocks by more: those that crossed the date line moved them by about a day.
LONGEST_GAP = timedelta(days=2)


@lru_cache(maxsize=10_000)
def first_moment(day: date, zone: tzinfo) -> datetime:
    """The first instant of the day, in UTC. If the zone has skipped that day, the first instant after it.

    Raises OverflowError near the earliest and latest date that Python can hold.
    """
    midnight = datetime.combine(day, time.min)
    begins = midnight.replace(tzinfo=zone).astimezone(UTC)
    if begins.astimezone(zone).replace(tzinfo=None) == midnight:
        return begins
    # The clocks skip midnight, and the day begins at the change, which is later than ``begins``.
    before, after = begins - LONGEST_GAP, begins
    while after - before > SECOND:
        between = before + SECOND * ((after - before) // SECOND // 2)
        if between.astimezone(zone).date() < day:
            before = between
        else:
            after = between
    return after


def day_begun(moment: datetime, zone: tzinfo) -> date | None:
    """The day that begins at exactly this instant, or None. Raises OverflowError as ``first_moment`` does."""
    day = moment.astimezone(zone).date()
    return day if moment == first_moment(day, zone) else None
