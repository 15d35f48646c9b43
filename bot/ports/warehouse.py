"""One cluster's warehouse: what has arrived, and what should have."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.model import DayCount, TableSpec, WarehouseCheck, Window


class Warehouse(Protocol):
    """The warehouse of one cluster: ClickHouse. All days are days of the campaign's time zone."""

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        """Rows of each day that has any; a day without rows is absent. One statement, once the table is known."""
        ...

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, int]:
        """Rows the source holds, by day. Raises ValueError when the table has no expected statement."""
        ...

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        """Source rows of each customer by day, from the configured query; absent means none."""
        ...

    async def check(self) -> WarehouseCheck:
        """Who answered, and what of the configuration is of no use there, for ``python -m bot check``."""
        ...
