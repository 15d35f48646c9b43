"""Decides which hours, buckets of keys and rows to compare where a table differs from its source. Pure.

Only the rows of a few buckets are read: some dozens of rows suffice to find one differing row among a million.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TypeVar

from bot.fleet.verification.table_verdict import Day, TableVerdict
from bot.model.row_differences import (
    BothSides,
    Cell,
    CellCount,
    DifferingRow,
    HashedRow,
    Hour,
    RowDifference,
)

MOST_DAYS = 20
# Each hour has as many cells as there are buckets. With at most this many hours, an answer does not exceed its limit
# of rows.
MOST_HOURS = 20
# The most rows that are read, of the table and the source together.
MOST_ROWS = 10_000
# Each cell that differs has a row that differs, so these are enough to fill an answer.
MOST_CELLS = 40

_CHECKSUMS = 2**64

_Place = TypeVar("_Place", Hour, Cell)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Where the rows of a table differ. ``hours`` are the first hours that differ, in the campaign's ``timezone``,
    and ``more_hours`` is the number of other hours that differ.

    ``rows`` are the differing rows in the buckets that were read. ``is_all``: every bucket that differs on the
    compared days was read. ``shows_keys``: everybody who sees the answer sees the keys; otherwise the asker alone.
    """

    table: str
    hours: tuple[Hour, ...]
    more_hours: int
    rows: tuple[DifferingRow, ...]
    is_all: bool
    shows_keys: bool
    timezone: str


@dataclass(frozen=True, slots=True)
class RowsNotConfigured:
    """The table has no statement that returns the rows of the source."""

    table: str


@dataclass(frozen=True, slots=True)
class RowsNotAnswered:
    """The rows could not be compared; ``why`` is the reason."""

    table: str
    why: str


@dataclass(frozen=True, slots=True)
class StatementsDisagree:
    """On this day, ``expected_rows`` returns other rows than ``expected`` has counted."""

    table: str
    day: date
    returned: int
    expected: int


@dataclass(frozen=True, slots=True)
class NothingDiffers:
    """No hour of the compared days differs any more. If more than ``MOST_DAYS`` days had differed, only the first
    ones were compared, and ``first_days`` is how many; otherwise it is 0."""

    table: str
    first_days: int = 0


Narrowing = Narrowed | RowsNotConfigured | RowsNotAnswered | StatementsDisagree | NothingDiffers


def days_to_narrow(table: TableVerdict) -> tuple[Day, ...]:
    """The days that differ, apart from two kinds. If one side has no rows on a day, there is nothing to narrow down.
    If a run may still write the rows of a day (``is_unfinished``), they differ only for a while."""
    return tuple(day for day in table.differing if not day.is_unfinished and day.count.final and day.expected)


def disagreement(table: str, days: Collection[Day], source: Mapping[Hour, CellCount]) -> StatementsDisagree | None:
    """The first day of which ``expected_rows`` returns other rows than ``expected``; None if there is none."""
    for day in days:
        of_day = [count for hour, count in source.items() if hour.day == day.day]
        returned = CellCount(sum(each.rows for each in of_day), _sum(each.checksum for each in of_day))
        if (returned.rows, returned.checksum) != (day.expected, day.expected_checksum):
            return StatementsDisagree(table, day.day, returned.rows, day.expected or 0)
    return None


def differing(sides: BothSides[Mapping[_Place, CellCount]]) -> list[_Place]:
    """The hours or cells whose rows differ between the two sides, in order."""
    places = sides.table.keys() | sides.source.keys()
    return sorted(place for place in places if sides.table.get(place) != sides.source.get(place))


def cells_to_read(sides: BothSides[Mapping[Cell, CellCount]]) -> tuple[Cell, ...]:
    """The differing cells whose rows are read: at most ``MOST_ROWS`` rows together. Of each bucket, all differing
    cells are read, or none. So if a row has moved to another hour, the bot reads both cells and recognises the row.
    The bucket of a row is a hash of the row's key, so the rows in the first buckets are a sample of all rows."""
    cells = sorted(differing(sides), key=lambda cell: (cell.bucket, cell))
    chosen: list[Cell] = []
    room = MOST_ROWS
    for _, of_bucket in groupby(cells, key=lambda cell: cell.bucket):
        more = list(of_bucket)
        size = sum(_rows_in(cell, sides) for cell in more)
        if size <= room and (not chosen or len(chosen) + len(more) <= MOST_CELLS):
            chosen += more
            room -= size
    return tuple(chosen)


def _rows_in(cell: Cell, sides: BothSides[Mapping[Cell, CellCount]]) -> int:
    return sum(side[cell].rows for side in (sides.table, sides.source) if cell in side)


def differing_rows(sides: BothSides[tuple[HashedRow, ...]]) -> tuple[DifferingRow, ...]:
    """The keys whose rows differ between the two sides, sorted by hour and key."""
    table, source = _by_key(sides.table), _by_key(sides.source)
    found = (_difference(table.get(key, ()), source.get(key, ())) for key in table.keys() | source.keys())
    return tuple(sorted(filter(None, found), key=lambda row: (row.hour, len(row.key), row.key)))


def _by_key(rows: Sequence[HashedRow]) -> dict[int, list[HashedRow]]:
    by_key: dict[int, list[HashedRow]] = {}
    for row in rows:
        by_key.setdefault(row.key_id, []).append(row)
    return by_key


def _difference(table: Sequence[HashedRow], source: Sequence[HashedRow]) -> DifferingRow | None:
    first = min(source or table, key=lambda row: row.hour)
    if not table:
        return DifferingRow(first.key, first.hour, RowDifference.MISSING)
    if not source:
        return DifferingRow(first.key, first.hour, RowDifference.EXTRA)
    if _contents(table) != _contents(source):
        return DifferingRow(first.key, first.hour, RowDifference.OTHER_CONTENTS)
    moved = sorted(row.hour for row in table) != sorted(row.hour for row in source)
    return DifferingRow(first.key, first.hour, RowDifference.MOVED) if moved else None


def _contents(rows: Sequence[HashedRow]) -> tuple[int, int]:
    return len(rows), _sum(row.checksum for row in rows)


def _sum(checksums: Iterable[int]) -> int:
    return sum(checksums) % _CHECKSUMS
