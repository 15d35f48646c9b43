"""What a count proves about days, and whether the checksums of a table and of its source have ever agreed. Pure.

Until they have agreed, it is not known whether both SQL expressions hash a row in the same way.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.fleet.runs.run_counts import CountedDays
from bot.fleet.verification.table_verdict import Day
from bot.fleet.verification.verdict import CustomerVerdict, TableVerdict
from bot.model import RowsOff, TableSpec, Window
from bot.model.coverage import windows_of


def comparison(table: TableSpec) -> str:
    """The text by which the store remembers that a table's checksums have agreed: a hash of the table's name and both
    SQL expressions. If one of them changes, the text is another one, so the checksums count as not having agreed
    yet."""
    text = "\0".join((table.name, table.expected or "", table.checksum or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def agreed_comparisons(verdict: CustomerVerdict, tables: Iterable[TableSpec], window: Window) -> frozenset[str]:
    """The comparisons that agree on a day of ``window``."""
    agreeing = {
        table.table for table in verdict.counted if any(day.contents_agree for day in table.within(window).days)
    }
    return frozenset(comparison(table) for table in tables if table.name in agreeing)


def never_agreed(tables: Iterable[TableSpec], agreed: Collection[str]) -> tuple[str, ...]:
    """The names of the tables whose contents are compared but have not agreed on any day."""
    return tuple(table.name for table in tables if table.checksum and comparison(table) not in agreed)


def counted_days(verdict: CustomerVerdict, window: Window, began: datetime) -> tuple[CountedDays, ...]:
    """The days of ``window`` that match and those that differ, as ranges. A day matches if all tables were counted
    and compared and have exactly the rows of the source. It differs if any table has other rows. All other days are
    left out."""
    counted = verdict.counted
    differing = {day.day for table in counted for day in table.differing}
    matching = _proven(verdict, counted) - differing
    compared = {table.table: {day.day: day for day in table.days if day.expected is not None} for table in counted}
    return (
        *(CountedDays(days, began, matches=True) for days in _windows(matching, window)),
        *(
            CountedDays(days, began, matches=False, rows_off=_rows_off(compared, days))
            for days in _windows(differing, window)
        ),
    )


def _rows_off(compared: Mapping[str, Mapping[date, Day]], days: Window) -> tuple[RowsOff, ...]:
    """The tables that have too few or too many rows on these days together. ``compared`` has the days of each table
    by date, so that each call looks up its own days only. There may be thousands of calls, for example if every
    second day differs."""
    sums = (_summed(name, [own[day] for day in days.each_day() if day in own]) for name, own in compared.items())
    return tuple(rows for rows in sums if rows.found != rows.expected)


def _summed(table: str, days: Sequence[Day]) -> RowsOff:
    return RowsOff(table, sum(day.expected or 0 for day in days), sum(day.count.final for day in days))


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
