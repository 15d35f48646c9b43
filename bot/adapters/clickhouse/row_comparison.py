"""Compares the rows of a table with those of its source, for the narrowing of ``verify``."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot.adapters.clickhouse import answers, row_statements
from bot.adapters.clickhouse.connection import Client, Connection, Reach, Statement
from bot.adapters.clickhouse.counting import without_rows
from bot.adapters.clickhouse.engines import Storage
from bot.adapters.clickhouse.row_statements import MOST_ROWS_READ, Side
from bot.adapters.clickhouse.rows import Answer
from bot.adapters.clickhouse.table_counts import TableCounts
from bot.adapters.clickhouse.time_bounds import has_hours
from bot.computing import compute
from bot.errors import Unavailable
from bot.model import TableSpec
from bot.model.row_differences import BothSides, Cell, CellCount, HashedRow, Hour

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Question:
    """What to ask both the table and its source: ``statement`` picks one of the statements of a Side, and ``values``
    are bound to it."""

    table: TableSpec
    values: Mapping[str, Any]
    statement: Callable[[Side], str]


class RowComparison:
    """Compares the tables of one server with their sources. A table and its source are asked at the same time, each
    within the connection's time limit."""

    def __init__(self, connection: Connection, counts: TableCounts) -> None:
        self._connection = connection
        self._counts = counts

    async def by_hour(self, table: TableSpec, values: Mapping[str, Any]) -> BothSides[Mapping[Hour, CellCount]]:
        """How many rows each hour of ``values["days"]`` has, with their checksum, in the table and in its source."""
        question = _Question(table, values, lambda side: side.by_hour)
        return await self._both(question, row_statements.counts_by_hour)

    async def by_bucket(
        self, table: TableSpec, values: Mapping[str, Any], hours: Collection[Hour]
    ) -> BothSides[Mapping[Cell, CellCount]]:
        """How many rows each bucket of these hours has, with their checksum, in the table and in its source."""
        bound = {**values, "hours": [row_statements.hour_code(hour) for hour in hours]}
        return await self._both(_Question(table, bound, lambda side: side.by_bucket), row_statements.counts_by_cell)

    async def rows(
        self, table: TableSpec, values: Mapping[str, Any], cells: Collection[Cell]
    ) -> BothSides[tuple[HashedRow, ...]]:
        """The rows of these cells, in the table and in its source. Raises Unavailable if one of the two has more than
        ``MOST_ROWS_READ``."""
        bound = {
            **values,
            "cells": [row_statements.cell_code(cell) for cell in cells],
            "buckets": sorted({cell.bucket for cell in cells}),
        }
        rows = await self._both(_Question(table, bound, lambda side: side.of_cells), row_statements.hashed_rows)
        if max(len(rows.table), len(rows.source)) > MOST_ROWS_READ:
            raise Unavailable(self._connection.system, "rows arrive while they are compared")
        return rows

    async def check(self, client: Client, table: TableSpec, values: Mapping[str, Any]) -> None:
        """Run the statements ``by_bucket`` and ``of_cells`` for the table and its source, without reading rows. Use
        it within ``asking``; raises StatementRefused."""
        bound = {**values, "days": [], "hours": [], "cells": [], "buckets": []}
        kind = await self._kind_of_moment(client, table, bound)
        by_hour = await self._has_hours(client, table, kind)
        for statement in (_by_bucket_without_rows, _of_cells_without_rows):
            question = _Question(table, bound, statement)
            await self._ask_table(client, question, by_hour)
            await self._ask_source(client, question, kind, by_hour)

    async def _both(self, question: _Question, read: Callable[[Answer, bool], _T]) -> BothSides[_T]:
        async with self._connection.asking() as client:
            kind = await self._kind_of_moment(client, question.table, question.values)
            by_hour = await self._has_hours(client, question.table, kind)
        stored, expected = await asyncio.gather(
            self._within_limit(lambda client: self._ask_table(client, question, by_hour)),
            self._within_limit(lambda client: self._ask_source(client, question, kind, by_hour)),
        )
        return BothSides(await compute(read, stored, by_hour), await compute(read, expected, by_hour))

    async def _within_limit(self, ask: Callable[[Client], Any]) -> Answer:
        async with self._connection.asking() as client:
            answer: Answer = await ask(client)
            return answer

    async def _has_hours(self, client: Client, table: TableSpec, kind: str) -> bool:
        storage = await self._counts.storage_of(table, partial(self._query_here, client, table))
        return has_hours(kind) and has_hours(storage.time_type)

    async def _kind_of_moment(self, client: Client, table: TableSpec, values: Mapping[str, Any]) -> str:
        answer = await self._query_source(client, table, without_rows(table.expected_rows or ""), values)
        with self._connection.in_section(_section(table)):
            return answers.require_rows(answer, table)

    async def _ask_table(self, client: Client, question: _Question, by_hour: bool) -> Answer:
        def statement(storage: Storage) -> str:
            return question.statement(row_statements.table_side(question.table, storage, by_hour))

        ask = partial(self._query_here, client, question.table)
        _, answer = await self._counts.ask_as_stored(question.table, statement, question.values, ask)
        return answer

    async def _ask_source(self, client: Client, question: _Question, kind: str, by_hour: bool) -> Answer:
        side = row_statements.source_side(question.table, kind, by_hour)
        return await self._query_source(client, question.table, question.statement(side), question.values)

    async def _query_source(self, client: Client, table: TableSpec, sql: str, values: Mapping[str, Any]) -> Answer:
        with self._connection.in_section(_section(table)):
            return await self._connection.query(client, Statement(sql, values, Reach.ANYWHERE, _comment(table)))

    async def _query_here(self, client: Client, table: TableSpec, sql: str, values: Mapping[str, Any]) -> Answer:
        return await self._connection.query(client, Statement(sql, values, Reach.HERE, _comment(table)))


def _by_bucket_without_rows(side: Side) -> str:
    return without_rows(side.by_bucket)


def _of_cells_without_rows(side: Side) -> str:
    return without_rows(side.of_cells)


def _comment(table: TableSpec) -> str:
    return json.dumps({"app": "backfill-bot", "does": "narrow", "table": table.name})


def _section(table: TableSpec) -> str:
    return f"the expected_rows statement of {table.name} in [[verify.tables]]"
