"""ClickHouseWarehouse: ``bot.ports.Warehouse`` for one cluster, with the configured tables and statements."""

import copy
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pydantic import SecretStr

from bot.adapters.clickhouse import answers, counting
from bot.adapters.clickhouse.chunks import chunks
from bot.adapters.clickhouse.connection import Client, Connection, Reach, Statement
from bot.adapters.clickhouse.engines import Surplus
from bot.adapters.clickhouse.row_comparison import RowComparison
from bot.adapters.clickhouse.rows import Answer
from bot.adapters.clickhouse.table_counts import TableCounts
from bot.computing import compute
from bot.config import Config
from bot.errors import Refused, StatementRefused
from bot.model import DayCount, ExpectedDay, TableSpec, WarehouseCheck, Window
from bot.model.row_differences import BothSides, Cell, CellCount, HashedRow, Hour
from bot.model.window import ONE_DAY

VOLUME_QUERY = "the volume query in [volume]"


class ClickHouseWarehouse:
    """One ClickHouse; every call ends within ``verify.time_limit``."""

    def __init__(self, cluster: str, config: Config, password: SecretStr) -> None:
        address = config.clusters[cluster].clickhouse
        limit = config.verify.time_limit
        self._connection = Connection(f"ClickHouse of {cluster}", address, password, limit)
        self._tables = tuple(table.spec for table in config.verify.tables)
        self._volume_query = config.volume.query
        self._campaign = config.campaign.window
        # The name of a real customer, so that ``check`` finds columns whose type does not accept names.
        self._sample_customer = next(iter(config.clusters[cluster].customers), "")
        self._counts = TableCounts(self._connection)
        self._rows = RowComparison(self._connection, self._counts)
        self._timezone = config.campaign.timezone

    def in_zone(self, timezone: str) -> "ClickHouseWarehouse":
        """See ``bot.ports.Warehouse``. The copy uses the connections of this one."""
        same = copy.copy(self)
        same._timezone = timezone
        return same

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        """See ``bot.ports.Warehouse``. Counts again when the table has been replaced meanwhile."""
        values = self._values(window, customer=customer)
        async with self._connection.asking() as client:
            ask = partial(self._query_here, client, _comment("count", table.name, customer))
            return (await self._counts.count(table, counting.ONE, values, ask)).get("", {})

    async def counts_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, DayCount]]:
        """See ``bot.ports.Warehouse``. All statements share one time limit."""
        counts: dict[str, Mapping[date, DayCount]] = {}
        async with self._connection.asking() as client:
            for names in chunks(customers, window.days):
                ask = partial(self._query_here, client, _comment("count", table.name, f"{len(names)} customers"))
                values = self._values(window, customers=list(names))
                counted = await self._counts.count(table, counting.MANY, values, ask)
                if not counted.keys() <= set(names):
                    raise Refused(self._connection.system, f"{table.customer_column} writes customers differently")
                counts |= {name: counted.get(name, {}) for name in names}
        return counts

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, ExpectedDay]:
        """See ``bot.ports.Warehouse``. Raises Refused when the statement returns other columns."""
        if table.expected is None:
            raise ValueError(f"table {table.name} has no expected statement")
        values = self._values(window, customer=customer, customers=[customer])
        statement = Statement(table.expected, values, Reach.ANYWHERE, _comment("expect", table.name, customer))
        async with self._connection.asking() as client:
            with self._connection.in_section(_expected_of(table)):
                answer = await self._connection.query(client, statement)
                return answers.expected_by_day(answer, table, customer, window)

    async def expected_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, ExpectedDay]]:
        """See ``bot.ports.Warehouse``. All statements share one time limit."""
        if table.expected is None or not table.expects_many:
            raise ValueError(f"table {table.name} has no expected statement about many customers")
        expected: dict[str, Mapping[date, ExpectedDay]] = {}
        async with self._connection.asking() as client:
            for names in chunks(customers, window.days):
                comment = _comment("expect", table.name, f"{len(names)} customers")
                values = self._values(window, customers=list(names))
                with self._connection.in_section(_expected_of(table)):
                    answer = await self._connection.query(
                        client, Statement(table.expected, values, Reach.ANYWHERE, comment)
                    )
                    expected |= await compute(answers.expected_by_customer, answer, table, names, window)
        return expected

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        """See ``bot.ports.Warehouse``. Very many customers take several statements, within one time limit."""
        volumes: dict[str, Mapping[date, int]] = {}
        async with self._connection.asking() as client:
            for names in chunks(customers, window.days):
                comment = _comment("volume", "", f"{len(names)} customers")
                statement = Statement(
                    self._volume_query, self._values(window, customers=list(names)), Reach.ANYWHERE, comment
                )
                with self._connection.in_section(VOLUME_QUERY):
                    answer = await self._connection.query(client, statement)
                    volumes |= await compute(answers.rows_by_customer, answer, names, window)
        return volumes

    async def count_by_hour(
        self, table: TableSpec, customer: str, days: Collection[date]
    ) -> BothSides[Mapping[Hour, CellCount]]:
        """See ``bot.ports.Warehouse``."""
        return await self._rows.by_hour(table, self._values_of_days(customer, days))

    async def count_by_bucket(
        self, table: TableSpec, customer: str, hours: Collection[Hour]
    ) -> BothSides[Mapping[Cell, CellCount]]:
        """See ``bot.ports.Warehouse``."""
        values = self._values_of_days(customer, {hour.day for hour in hours})
        return await self._rows.by_bucket(table, values, hours)

    async def rows_of(
        self, table: TableSpec, customer: str, cells: Collection[Cell]
    ) -> BothSides[tuple[HashedRow, ...]]:
        """See ``bot.ports.Warehouse``."""
        return await self._rows.rows(table, self._values_of_days(customer, {cell.hour.day for cell in cells}), cells)

    async def check(self) -> WarehouseCheck:
        """See ``bot.ports.Warehouse``. Runs the real statements of verify, status and plans, without reading rows."""
        values = self._values(self._campaign, customer=self._sample_customer, customers=[self._sample_customer])
        problems: list[str] = []
        warnings: list[str] = []
        async with self._connection.asking() as client:
            for table in self._tables:
                try:
                    warnings += await self._checked_table(client, table, values)
                except StatementRefused as exc:
                    problems.append(exc.why)
            for section, sql, wanted in self._configured():
                try:
                    await self._checked_statement(client, section, sql, wanted, values)
                except StatementRefused as exc:
                    problems.append(exc.why)
            line = f"ClickHouse {client.version} answers at {self._connection.host}"
        names = " and ".join(table.name for table in self._tables)
        line += "" if problems else f", with {names} as configured"
        return WarehouseCheck(line, tuple(problems), tuple(warnings))

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.close()

    async def _checked_table(self, client: Client, table: TableSpec, values: Mapping[str, Any]) -> list[str]:
        """Try the statements about the table, and return a warning if the bot cannot recognise duplicates in it. The
        checksum is tried separately, so that a problem names either the table or its checksum."""
        ask = partial(self._query_here, client, _comment("check", table.name, ""))
        storage = await self._counts.probe(replace(table, checksum=None), values, ask)
        if table.checksum:
            with self._connection.in_section(f"the checksum of {table.name} in [[verify.tables]]"):
                answers.require_columns(await ask(counting.checksum_statement(table), values), (answers.CHECKSUM,))
        if table.expected_rows:
            await self._rows.check(client, table, values)
        if table.key or storage.surplus is not Surplus.UNKNOWN:
            return []
        return [
            f"duplicates in {table.name} cannot be told: {table.table} is a {storage.engine}. Name the columns that"
            f' tell its rows apart, as key = ["id"], in its [[verify.tables]]'
        ]

    async def _checked_statement(
        self, client: Client, section: str, sql: str, wanted: Sequence[str], values: Mapping[str, Any]
    ) -> None:
        probe = Statement(counting.without_rows(sql), values, Reach.ANYWHERE, _comment("check", section, ""))
        with self._connection.in_section(section):
            answers.require_columns(await self._connection.query(client, probe), wanted)

    async def _query_here(self, client: Client, comment: str, sql: str, values: Mapping[str, Any]) -> Answer:
        return await self._connection.query(client, Statement(sql, values, Reach.HERE, comment))

    def _configured(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """For each expected statement and the volume query: section, SQL, and the columns that it has to return."""
        for table in self._tables:
            if table.expected is not None:
                yield _expected_of(table), table.expected, answers.expected_columns(table)
        yield VOLUME_QUERY, self._volume_query, answers.VOLUMES

    def _values(self, window: Window, **who: Any) -> dict[str, Any]:
        """The values that statements may refer to by name."""
        return {"start": window.start, "end": window.end, "timezone": self._timezone, **who}

    def _values_of_days(self, customer: str, days: Collection[date]) -> dict[str, Any]:
        whole = Window(min(days), max(days) + ONE_DAY)
        return {**self._values(whole, customer=customer, customers=[customer]), "days": sorted(days)}


def _comment(does: str, table: str, customer: str) -> str:
    """The comment in ``system.query_log``, from which people see which statement of the bot was slow."""
    return json.dumps({"app": "backfill-bot", "does": does, "table": table, "customer": customer})


def _expected_of(table: TableSpec) -> str:
    return f"the expected statement of {table.name} in [[verify.tables]]"
