"""What a count proves about days, and whether the two checksums of a table have ever agreed. Pure.

Until they have agreed it is not known that both expressions hash alike.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from bot.fleet.runs.run_counts import CountedDays
from bot.fleet.verification.verdict import CustomerVerdict
from bot.model import TableSpec, Window
from bot.model.coverage import union


def comparison(table: TableSpec) -> str:
    """The text that is kept for a comparison that has agreed: a digest of both expressions, so that a changed
    expression has not agreed yet."""
    text = "\0".join((table.name, table.expected or "", table.checksum or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def agreed_comparisons(verdict: CustomerVerdict, tables: Iterable[TableSpec], window: Window) -> frozenset[str]:
    """The comparisons that agree on a day of ``window``."""
    agreeing = {
        table.table for table in verdict.counted if any(day.contents_agree for day in table.within(window).days)
    }
    return frozenset(comparison(table) for table in tables if table.name in agreeing)


def never_agreed(tables: Iterable[TableSpec], agreed: Collection[str]) -> tuple[str, ...]:
    """The names of the tables whose contents are compared, and have not agreed on any day."""
    return tuple(table.name for table in tables if table.checksum and comparison(table) not in agreed)


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
