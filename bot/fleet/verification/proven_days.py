"""The days that a count of all tables proves, and those that it contradicts. Pure."""

from collections.abc import Iterator
from datetime import date, datetime

from bot.fleet.runs.run_counts import CountedDays
from bot.fleet.verification.verdict import CustomerVerdict
from bot.model import Window
from bot.model.coverage import union


def counted_days(verdict: CustomerVerdict, window: Window, began: datetime) -> tuple[CountedDays, ...]:
    """The counted days. A day matches if all tables were counted and compared and have exactly the rows of the
    source. It differs if any table has other rows. All other days are left out."""
    matching = {day for day in window.each_day() if _matches(verdict, day)}
    differing = {day.day for table in verdict.counted for day in table.differing}
    return (
        *(CountedDays(days, began, matches=True) for days in _windows(matching - differing, window)),
        *(CountedDays(days, began, matches=False) for days in _windows(differing, window)),
    )


def _matches(verdict: CustomerVerdict, day: date) -> bool:
    """Whether all tables were fully counted and compared for this day. The caller checks whether they differ."""
    if not verdict.counted or verdict.unanswered:
        return False
    index = (day - verdict.counted[0].days[0].day).days
    of_day = [table.days[index] for table in verdict.counted]
    return all(counted.expected is not None and counted.count.duplicates_known for counted in of_day)


def _windows(days: set[date], within: Window) -> Iterator[Window]:
    yield from union((Window.of_days(day, 1) for day in days), within)
