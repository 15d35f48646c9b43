"""FakeWarehouse: counts in memory, tested against the contract of ``bot.ports.Warehouse``."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from bot.errors import DependencyError
from bot.model import DayCount, ExpectedDay, TableSpec, WarehouseCheck, Window
from bot.model.row_differences import BUCKETS, BothSides, Cell, CellCount, HashedRow, Hour

_Place = TypeVar("_Place", Hour, Cell)


@dataclass
class FakeWarehouse:
    """``stored`` and ``source`` are by (table name, customer) and day, ``volume`` by customer and day.

    ``checksums`` are those of the source by (table name, customer) and day; those of the table are in ``stored``.
    ``rows`` and ``source_rows`` are those that are compared one by one, by (table name, customer).
    ``away`` is raised by every call while it is set; ``refusals`` by calls about one table name.
    ``counted`` and ``expected_of`` record questions about one customer, ``counted_together`` those about several.
    """

    stored: dict[tuple[str, str], dict[date, DayCount]] = field(default_factory=dict)
    source: dict[tuple[str, str], dict[date, int]] = field(default_factory=dict)
    checksums: dict[tuple[str, str], dict[date, int]] = field(default_factory=dict)
    volume: dict[str, dict[date, int]] = field(default_factory=dict)
    away: DependencyError | None = None
    refusals: dict[str, DependencyError] = field(default_factory=dict)
    counted: list[tuple[str, str, Window]] = field(default_factory=list)
    counted_together: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    expected_of: list[tuple[str, str]] = field(default_factory=list)
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    asked_volumes: list[tuple[str, ...]] = field(default_factory=list)
    rows: dict[tuple[str, str], list[HashedRow]] = field(default_factory=dict)
    source_rows: dict[tuple[str, str], list[HashedRow]] = field(default_factory=dict)

    def fill(self, table: str, customer: str, window: Window, rows: int) -> None:
        """``rows`` a day, once, in the source and in the table alike."""
        self.source.setdefault((table, customer), {}).update(dict.fromkeys(window.each_day(), rows))
        self.stored.setdefault((table, customer), {}).update(dict.fromkeys(window.each_day(), DayCount(rows, rows)))

    def in_zone(self, timezone: str) -> "FakeWarehouse":  # noqa: ARG002  (its days have no zone)
        return self

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        self._answer(table.name)
        self.counted.append((table.name, customer, window))
        return self._stored(table, customer, window)

    async def counts_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, DayCount]]:
        self._answer(table.name)
        self.counted_together.append((table.name, tuple(customers)))
        return {customer: self._stored(table, customer, window) for customer in customers}

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, ExpectedDay]:
        self._answer(table.name)
        if table.expected is None:
            raise ValueError(f"table {table.name} has no expected statement")
        self.expected_of.append((table.name, customer))
        return self._expected(table, customer, window)

    async def expected_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, ExpectedDay]]:
        self._answer(table.name)
        if not table.expects_many:
            raise ValueError(f"table {table.name} has no expected statement about many customers")
        return {customer: self._expected(table, customer, window) for customer in customers}

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        self._answer("")
        self.asked_volumes.append(tuple(customers))
        found = {customer: _within(self.volume.get(customer, {}), window) for customer in customers}
        return {customer: days for customer, days in found.items() if days}

    async def count_by_hour(
        self, table: TableSpec, customer: str, days: Collection[date]
    ) -> BothSides[Mapping[Hour, CellCount]]:
        sides = self._rows(table, customer, lambda row: row.hour.day in days)
        return BothSides(_counted(sides.table, _hour), _counted(sides.source, _hour))

    async def count_by_bucket(
        self, table: TableSpec, customer: str, hours: Collection[Hour]
    ) -> BothSides[Mapping[Cell, CellCount]]:
        sides = self._rows(table, customer, lambda row: row.hour in hours)
        return BothSides(_counted(sides.table, _cell), _counted(sides.source, _cell))

    async def rows_of(
        self, table: TableSpec, customer: str, cells: Collection[Cell]
    ) -> BothSides[tuple[HashedRow, ...]]:
        return self._rows(table, customer, lambda row: _cell(row) in cells)

    def _rows(
        self, table: TableSpec, customer: str, fits: Callable[[HashedRow], bool]
    ) -> BothSides[tuple[HashedRow, ...]]:
        self._answer(table.name)
        stored, source = (rows.get((table.name, customer), []) for rows in (self.rows, self.source_rows))
        return BothSides(tuple(filter(fits, stored)), tuple(filter(fits, source)))

    async def check(self) -> WarehouseCheck:
        self._answer("")
        return WarehouseCheck("ClickHouse in memory answers", self.problems, self.warnings)

    def _stored(self, table: TableSpec, customer: str, window: Window) -> dict[date, DayCount]:
        days = self.stored.get((table.name, customer), {})
        hashed = days if table.checksum else {day: replace(count, checksum=None) for day, count in days.items()}
        return {day: count for day, count in hashed.items() if window.start <= day < window.end and count.raw}

    def _expected(self, table: TableSpec, customer: str, window: Window) -> dict[date, ExpectedDay]:
        rows = _within(self.source.get((table.name, customer), {}), window)
        checksums = self.checksums.get((table.name, customer), {}) if table.checksum else {}
        return {day: ExpectedDay(number, checksums.get(day)) for day, number in rows.items()}

    def _answer(self, table: str) -> None:
        if self.away is not None:
            raise self.away
        if table in self.refusals:
            raise self.refusals[table]


def _hour(row: HashedRow) -> Hour:
    return row.hour


def _cell(row: HashedRow) -> Cell:
    return Cell(row.hour, row.key_id % BUCKETS)


def _counted(rows: Iterable[HashedRow], place_of: Callable[[HashedRow], _Place]) -> dict[_Place, CellCount]:
    counts: dict[_Place, CellCount] = {}
    for row in rows:
        count = counts.get(place_of(row), CellCount(0, 0))
        counts[place_of(row)] = CellCount(count.rows + 1, count.checksum + row.checksum)
    return counts


def _within(days: Mapping[date, int], window: Window) -> dict[date, int]:
    return {day: rows for day, rows in days.items() if window.start <= day < window.end and rows}
