"""The results of ClickHouse counts for the days of a run, kept in its hints. Pure.

Only the latest count of a day matters, so a later count replaces an earlier one of the same days.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from bot.model import Execution, RowsOff, Window
from bot.model.coverage import missing
from bot.model.execution import AGREED_HINT, COUNTS_HINT, ROWS_OFF_HINT


@dataclass(frozen=True, slots=True)
class CountedDays:
    """The result of one count of the days in ``window``. ``at`` is when the count began, and ``matches`` says whether
    all tables had the rows of the source. If this count and the counts just before it all differ, ``since`` is when
    the first of these began; otherwise None. ``rows_off`` are the tables with too few or too many rows on all these
    days together; empty if that is not known."""

    window: Window
    at: datetime
    matches: bool
    since: datetime | None = None
    rows_off: tuple[RowsOff, ...] = ()

    def within(self, days: Window) -> "CountedDays":
        """The result for ``days``, which are all or some of these days. For only some, ``rows_off`` is empty: how
        many rows are off is known only for all these days together."""
        return self if days == self.window else replace(self, window=days, rows_off=())


def counts_of(run: Execution) -> tuple[CountedDays, ...]:
    """The counts kept for a run; empty if another version has written them in another form."""
    text = run.hints.get(COUNTS_HINT)
    return _read(text, run.hints.get(ROWS_OFF_HINT, "[]")) if text else ()


# Every command reads the counts of the same thousands of runs.
@lru_cache(maxsize=20_000)
def _read(text: str, rows_off: str) -> tuple[CountedDays, ...]:
    try:
        counts = tuple(_counted(*kept) for kept in json.loads(text))
    except (ValueError, TypeError):
        return ()
    rows = _read_rows(rows_off)
    return tuple(replace(count, rows_off=rows.get((count.window, count.at), ())) for count in counts)


def _read_rows(text: str) -> dict[tuple[Window, datetime], tuple[RowsOff, ...]]:
    """How many rows are off, by the days and the time of the count."""
    try:
        return {
            (count.window, count.at): tuple(
                RowsOff(str(table), int(expected), int(found)) for table, expected, found in rows
            )
            for start, end, at, rows in json.loads(text)
            for count in [_counted(start, end, at, False)]
        }
    except (ValueError, TypeError):
        return {}


def with_counts(run: Execution, counted: Iterable[CountedDays]) -> Mapping[str, str]:
    """The hints of the run with these counts added. Each day keeps only its latest count."""
    kept: list[CountedDays] = []
    for newer in sorted({*counts_of(run), *counted}, key=lambda count: (count.at, count.window)):
        lasting = _with_since(newer, kept)
        kept = [older.within(piece) for older in kept for piece in missing(older.window, [newer.window])]
        kept += lasting
    if not kept:
        return run.hints
    hints = {name: text for name, text in run.hints.items() if name != ROWS_OFF_HINT}
    rows_off = {ROWS_OFF_HINT: _dumped_rows(kept)} if any(count.rows_off for count in kept) else {}
    return {**hints, COUNTS_HINT: _dumped(kept), **rows_off}


def _with_since(newer: CountedDays, kept: Iterable[CountedDays]) -> list[CountedDays]:
    """Cut a count that differs from the expected rows into pieces. If an earlier count of a piece's days differed
    too, the piece takes the ``since`` of the earlier count, or the time of the earlier count if that has no
    ``since``. A piece without such an earlier count keeps the ``since`` of ``newer``. A count that does not differ
    stays whole."""
    if newer.matches:
        return [newer]
    lasting = [
        replace(newer.within(days), since=older.since or (older.at if older.at < newer.at else newer.since))
        for older in kept
        if not older.matches and (days := older.window.intersection(newer.window))
    ]
    return [*lasting, *(newer.within(days) for days in missing(newer.window, [c.window for c in lasting]))]


def agreed_of(run: Execution) -> frozenset[str]:
    """The names of the comparisons that have found equal contents on at least one day of this run. Empty if none has,
    or if another version has written the names in another form."""
    try:
        kept = json.loads(run.hints.get(AGREED_HINT, "[]"))
    except ValueError:
        return frozenset()
    return frozenset(map(str, kept)) if isinstance(kept, list) else frozenset()


def with_agreed(run: Execution, agreed: Iterable[str]) -> Mapping[str, str]:
    """The hints of the run with these comparisons added."""
    every = agreed_of(run).union(agreed)
    return {**run.hints, AGREED_HINT: json.dumps(sorted(every))} if every else run.hints


def _counted(start: str, end: str, at: str, matches: object, since: str = "") -> CountedDays:
    window = Window(date.fromisoformat(start), date.fromisoformat(end))
    differs_since = datetime.fromisoformat(since) if since else None
    return CountedDays(window, datetime.fromisoformat(at), matches is True, differs_since)


def _dumped(counts: Collection[CountedDays]) -> str:
    in_order = sorted(counts, key=lambda count: (count.window, count.at))
    return json.dumps(
        [
            [
                count.window.start.isoformat(),
                count.window.end.isoformat(),
                count.at.isoformat(),
                count.matches,
                *([count.since.isoformat()] if count.since else []),
            ]
            for count in in_order
        ]
    )


def _dumped_rows(counts: Collection[CountedDays]) -> str:
    in_order = sorted((count for count in counts if count.rows_off), key=lambda count: (count.window, count.at))
    return json.dumps(
        [
            [
                count.window.start.isoformat(),
                count.window.end.isoformat(),
                count.at.isoformat(),
                [[rows.table, rows.expected, rows.found] for rows in count.rows_off],
            ]
            for count in in_order
        ]
    )
