"""Looks up how each table is stored, and looks it up again if an answer shows that the table has been replaced."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from string import Template
from typing import Any

from clickhouse_connect.driver.exceptions import DatabaseError

from bot.adapters.clickhouse.engines import (
    UNKNOWN_ENGINE,
    Place,
    Storage,
    Surplus,
    TableInfo,
    storage_of,
    target_of,
)
from bot.adapters.clickhouse.errors import is_about_statement
from bot.adapters.clickhouse.rows import Answer
from bot.model import TableSpec, unquoted_name

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]
# A place, and the time column whose type is looked up there.
_Known = tuple[Place, str]

# In seconds. The cache expires, because a user may get permission to see system.tables later, and no answer shows
# that.
KEPT_SECONDS = 300
# The most tables to follow. A materialized view into an alias of a table takes three.
MOST_STEPS = 5
UNSEEN = Storage(UNKNOWN_ENGINE, None, Surplus.UNKNOWN)

# The fingerprint covers only what decides how rows are counted, because replicas behind one address differ in uuid
# and in the texts of their definitions.
_SEEN = (
    r"toString(cityHash64(engine, replaceRegexpAll(engine_full, '\'[^\']*\'', ''),"
    " if(engine IN ('MaterializedView', 'Alias'), concat(toString(uuid), create_table_query), '')))"
)
_TABLE_ROW = Template("FROM system.tables WHERE database = {database_$n:String} AND name = {table_$n:String}")
# Time bounds of another type would select other rows. The type is '' for a subcolumn, and if the bot's user may not
# see the table.
_TIME_TYPE = (
    "ifNull((SELECT max(type) FROM system.columns WHERE database = {database_0:String} AND table = {table_0:String}"
    " AND name = {time_column:String}), '')"
)
_STATEMENT_COLUMNS = 6
_STATEMENT = (
    f"SELECT engine, engine_full, create_table_query, toString(uuid), {_SEEN}, {_TIME_TYPE}"
    f" {_TABLE_ROW.substitute(n=0)}"
)


def seen_expression(storage: Storage) -> str:
    """SQL for the current fingerprint of ``storage.places``. A count returns it, to be compared with
    ``storage.seen``."""
    columns = [f"concat({_SEEN}, {_TIME_TYPE})" if n == 0 else _SEEN for n in range(len(storage.places))]
    fingerprints = [f"ifNull((SELECT {column} {_TABLE_ROW.substitute(n=n)}), '')" for n, column in enumerate(columns)]
    parts = ", ".join(["'/'", *fingerprints])
    return f"concat({parts})" if fingerprints else "''"


def seen_bound(table: TableSpec, places: tuple[Place, ...]) -> dict[str, str]:
    """The bound values of ``seen_expression``."""
    names = {
        f"{column}_{n}": name
        for n, place in enumerate(places)
        for column, name in zip(("database", "table"), place, strict=True)
    }
    return {**names, "time_column": unquoted_name(table.time_column)}


class Storages:
    """How the tables of one server are stored, cached for ``KEPT_SECONDS``."""

    def __init__(self) -> None:
        self._known: dict[_Known, tuple[Storage, float]] = {}
        self._lock = asyncio.Lock()

    async def of(self, table: TableSpec, ask: Ask) -> Storage:
        """How the table is stored; ``UNSEEN`` if ClickHouse does not show this to the bot's user. Raises what ``ask``
        raises."""
        clock = asyncio.get_running_loop().time
        async with self._lock:
            storage, until = self._known.get(_known(table), (UNSEEN, clock()))
            if until <= clock():
                storage = await _resolve(table, ask)
                self._known[_known(table)] = storage, clock() + KEPT_SECONDS
            return storage

    def note_no_final(self, table: TableSpec) -> None:
        """Remember that a try has failed because the engine does not support FINAL."""
        storage, until = self._known.get(_known(table), (UNSEEN, 0.0))
        self._known[_known(table)] = replace(storage, final=False), until

    def forget(self, table: TableSpec) -> None:
        """Drop what is cached of a table that has been replaced."""
        self._known.pop(_known(table), None)


def _known(table: TableSpec) -> _Known:
    return table.place, table.time_column


async def _resolve(table: TableSpec, ask: Ask) -> Storage:
    """Follow views and aliases to the table that stores the rows; the storage is UNSEEN if they lead to no such
    table. The type of the time column is that of the configured table."""
    places: list[Place] = []
    seen, time_type = "/", ""
    target: Place | None = table.place
    storage = UNSEEN
    while target is not None and target not in places and len(places) < MOST_STEPS:
        try:
            answer = await ask(_STATEMENT, seen_bound(table, (target,)))
        except DatabaseError as exc:
            if not is_about_statement(exc):
                raise
            return UNSEEN
        places.append(target)
        rows = answer.texts(_STATEMENT_COLUMNS)
        if not rows:
            return replace(UNSEEN, time_type=time_type, places=tuple(places), seen=seen)
        engine, full, create, uuid, hashed, kind = rows[0]
        if len(places) == 1:
            hashed, time_type = hashed + kind, kind
        info = TableInfo(target, engine, full, create, uuid)
        storage, target, seen = storage_of(info), target_of(info), seen + hashed
    if target is not None:
        storage = UNSEEN
    return replace(storage, time_type=time_type, places=tuple(places), seen=seen)
