"""ClickHouseWarehouse: ``bot.ports.Warehouse`` for one cluster; tables and statements are the configuration's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.query import QueryResult
from pydantic import SecretStr

from bot.adapters.clickhouse import answers, counting
from bot.adapters.clickhouse.connection import MOST_ROWS, Connection, Reach, Statement
from bot.adapters.clickhouse.errors import is_illegal_final
from bot.config import Config
from bot.errors import Refused
from bot.model import DayCount, TableSpec, Window

# So many names are a statement that servers and proxies still take.
MOST_CUSTOMERS = 500
VOLUME_QUERY = "the volume query"


class ClickHouseWarehouse:
    """One ClickHouse; every call ends within ``verify.time_limit``."""

    def __init__(self, cluster: str, config: Config, password: SecretStr) -> None:
        address = config.clusters[cluster].clickhouse
        limit = config.verify.time_limit
        self._connection = Connection(f"ClickHouse of {cluster}", address, password, limit)
        self._tables = tuple(table.spec for table in config.verify.tables)
        self._volume_query = config.volume.query
        self._campaign = config.campaign.window
        self._timezone = config.campaign.timezone

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        """See ``bot.ports.Warehouse``; on an engine without FINAL a second statement follows a refused first."""
        values = self._bound(window, customer=customer)
        comment = _comment("count", table.name, customer)
        async with self._connection.asking() as client:
            try:
                answer = await self._here(client, counting.counts_statement(table), values, comment)
            except DatabaseError as exc:
                if not is_illegal_final(exc):
                    raise
                statement = counting.counts_without_final_statement(table)
                answer = await self._here(client, statement, values, comment)
        return dict(counting.day_count(row) for row in answer.result_rows)

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, int]:
        """See ``bot.ports.Warehouse``; Refused as well when the statement returns something else."""
        if table.expected is None:
            raise ValueError(f"table {table.name} has no expected statement")
        values = self._bound(window, customer=customer)
        statement = Statement(table.expected, values, Reach.ANYWHERE, _comment("expect", table.name, customer))
        async with self._connection.asking() as client:
            answer = await self._connection.query(client, statement)
        with self._taken_as(_expected_of(table)):
            return answers.rows_by_day(answer, window)

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        """See ``bot.ports.Warehouse``; several statements, within one time limit, for very many customers."""
        batch = max(1, min(MOST_CUSTOMERS, MOST_ROWS // window.days))
        found: dict[str, Mapping[date, int]] = {}
        async with self._connection.asking() as client:
            for begin in range(0, len(customers), batch):
                names = list(customers[begin : begin + batch])
                comment = _comment("volume", "", f"{len(names)} customers")
                statement = Statement(
                    self._volume_query, self._bound(window, customers=names), Reach.ANYWHERE, comment
                )
                answer = await self._connection.query(client, statement)
                with self._taken_as(VOLUME_QUERY):
                    found |= answers.rows_by_customer(answer, names, window)
        return found

    async def check(self) -> str:
        """See ``bot.ports.Warehouse``; tables and statements are tried without asking for a row."""
        values = self._bound(self._campaign, customer="", customers=[""])
        async with self._connection.asking() as client:
            for table in self._tables:
                await self._here(client, counting.probe_statement(table), values, _comment("check", table.name, ""))
            for what, sql, wanted in self._configured():
                probe = Statement(counting.without_rows(sql), values, Reach.ANYWHERE, _comment("check", what, ""))
                answer = await self._connection.query(client, probe)
                with self._taken_as(what):
                    answers.require_columns(answer.column_names, wanted)
            version = client.server_version
        names = " and ".join(table.name for table in self._tables)
        return f"ClickHouse {version} answers at {self._connection.host}, with {names} as configured"

    async def close(self) -> None:
        """Give the connections back."""
        await self._connection.close()

    async def _here(self, client: AsyncClient, sql: str, values: Mapping[str, Any], comment: str) -> QueryResult:
        return await self._connection.query(client, Statement(sql, values, Reach.HERE, comment))

    def _configured(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """What the configuration calls it, the statement, and the columns it has to return."""
        for table in self._tables:
            if table.expected is not None:
                yield _expected_of(table), table.expected, answers.EXPECTED
        yield VOLUME_QUERY, self._volume_query, answers.VOLUMES

    def _bound(self, window: Window, **who: Any) -> dict[str, Any]:
        """What statements may refer to by name."""
        return {"start": window.start, "end": window.end, "timezone": self._timezone, **who}

    @contextmanager
    def _taken_as(self, what: str) -> Iterator[None]:
        try:
            yield
        except answers.WrongShape as exc:
            raise Refused(self._connection.system, f"{what} in backfill.toml is of no use: {exc}") from exc


def _comment(does: str, table: str, customer: str) -> str:
    """For ``system.query_log``: who asks for what, so that a slow statement there can be told apart."""
    return json.dumps({"app": "backfill-bot", "does": does, "table": table, "customer": customer})


def _expected_of(table: TableSpec) -> str:
    return f"the expected statement of {table.name}"
