"""One cluster's ClickHouse: the rows that have arrived, and the rows that should have."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.model import DayCount, ExpectedDay, TableSpec, WarehouseCheck, Window
from bot.model.row_differences import BothSides, Cell, CellCount, HashedRow, Hour


class Warehouse(Protocol):
    """Row counts and checksums of one cluster. All days are days of the campaign's time zone."""

    def in_zone(self, timezone: str) -> "Warehouse":
        """The same ClickHouse, with days of this time zone."""
        ...

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        """The rows of each day; a day without rows is absent. Once the storage of the table is known, this takes one
        statement."""
        ...

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, ExpectedDay]:
        """What the source holds, by day; a day without rows is absent. Raises ValueError when the table has no
        expected statement."""
        ...

    async def counts_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, DayCount]]:
        """What ``counts`` answers for each of these customers. Each statement asks for as many customers as it can
        hold. Raises Refused if one statement cannot count several customers of this table; ``counts`` may still
        answer for each of them."""
        ...

    async def expected_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, ExpectedDay]]:
        """What ``expected`` answers for each of these customers. Each statement asks for as many customers as it can
        hold. Raises ValueError when the table's statement does not bind ``customers``."""
        ...

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        """The source rows of each customer by day, from the configured query. A customer or day without rows is
        absent."""
        ...

    async def count_by_hour(
        self, table: TableSpec, customer: str, days: Collection[date]
    ) -> BothSides[Mapping[Hour, CellCount]]:
        """The number and checksum of the rows of each hour of these days, in the table and in its source; an hour
        without rows is absent. The table needs ``expected_rows``. If the table has several rows with the same key on
        a day, they count as one row."""
        ...

    async def count_by_bucket(
        self, table: TableSpec, customer: str, hours: Collection[Hour]
    ) -> BothSides[Mapping[Cell, CellCount]]:
        """The rows of each bucket of keys in each of these hours, as in ``count_by_hour``."""
        ...

    async def rows_of(
        self, table: TableSpec, customer: str, cells: Collection[Cell]
    ) -> BothSides[tuple[HashedRow, ...]]:
        """The rows of these cells, at most 10,000 on each side. Raises Unavailable if there are more."""
        ...

    async def check(self) -> WarehouseCheck:
        """Which server answered, what in the configuration does not work there, and what its counts cannot prove.
        ``python -m bot check`` shows this."""
        ...
