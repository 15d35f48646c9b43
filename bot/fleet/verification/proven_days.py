"""The days that a count of all tables proves, and those that it contradicts. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.fleet.runs.run_counts import CountedDays
from bot.fleet.verification.verdict import CustomerVerdict, TableVerdict
from bot.model import Window
from bot.model.coverage import windows_of


def counted_days(verdict: CustomerVerdict, window: Window, began: datetime) -> tuple[CountedDays, ...]:
    """The counted days. A day matches if all tables were counted and compared and have exactly the rows of the
    source. It differs if any table has other rows. All other days are left out."""
    counted = verdict.counted
    differing = {day.day for table in counted for day in table.differing}
    matching = _proven(verdict, counted) - differing
    return (
        *(CountedDays(days, began, matches=True) for days in _windows(matching, window)),
        *(CountedDays(days, began, matches=False) for days in _windows(differing, window)),
    )


def _proven(verdict: CustomerVerdict, counted: Sequence[TableVerdict]) -> set[date]:
    """The days for which all tables were fully counted and compared. The caller checks whether they differ."""
    if not counted or verdict.unanswered:
        return set()
    open_to_doubt = {
        day.day for table in counted for day in table.days if day.expected is None or not day.count.duplicates_known
    }
    return {day.day for day in counted[0].days} - open_to_doubt


def _windows(days: Iterable[date], within: Window) -> tuple[Window, ...]:
    return windows_of(day for day in days if within.start <= day < within.end)
