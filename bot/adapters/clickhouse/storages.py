"""Looks up how each table is stored, and again when an answer shows that the table has been replaced."""

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
from bot.model import TableSpec

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]

# A user may get permission to see system.tables later, and no answer would show that.
KEPT_SECONDS = 300
# Enough for a materialized view into an alias of a table, and some more.
MOST_STEPS = 5
UNSEEN = Storage(UNKNOWN_ENGINE, None, Surplus.UNKNOWN)

# The fingerprint covers only what decides how rows are counted: replicas behind one address differ in uuid and texts.
_SEEN = (
    r"toString(cityHash64(engine, replaceRegexpAll(engine_full, '\'[^\']*\'', ''),"
    " if(engine IN ('MaterializedView', 'Alias'), concat(toString(uuid), create_table_query), '')))"
)
_TABLE_ROW = Template("FROM system.tables WHERE database = {database_$n:String} AND name = {table_$n:String}")
_LOOK_COLUMNS = 5
_LOOK = f"SELECT engine, engine_full, create_table_query, toString(uuid), {_SEEN} {_TABLE_ROW.substitute(n=0)}"


def seen_expression(storage: Storage) -> str:
    """SQL for the current fingerprint of these tables, to be compared with ``Storage.seen`` within a count."""
    fingerprints = [f"ifNull((SELECT {_SEEN} {_TABLE_ROW.substitute(n=n)}), '')" for n in range(len(storage.places))]
    parts = ", ".join(["'/'", *fingerprints])
    return f"concat({parts})" if fingerprints else "''"


def places_bound(places: tuple[Place, ...]) -> dict[str, str]:
    """The bound values of ``seen_expression``."""
    return {
        f"{column}_{n}": name
        for n, place in enumerate(places)
        for column, name in zip(("database", "table"), place, strict=True)
    }


class Storages:
    """How the tables of one server are stored, cached for ``KEPT_SECONDS``."""

    def __init__(self) -> None:
        self._known: dict[Place, tuple[Storage, float]] = {}
        self._lock = asyncio.Lock()

    async def of(self, table: TableSpec, ask: Ask) -> Storage:
        """The storage of a table; ``UNSEEN`` where the bot's user may not see it. Raises what ``ask`` raises."""
        clock = asyncio.get_running_loop().time
        async with self._lock:
            storage, until = self._known.get(table.place, (UNSEEN, clock()))
            if until <= clock():
                storage = await _resolve(table.place, ask)
                self._known[table.place] = storage, clock() + KEPT_SECONDS
            return storage

    def note_no_final(self, table: TableSpec) -> None:
        """Remember that a try has failed because the engine does not support FINAL."""
        storage, until = self._known.get(table.place, (UNSEEN, 0.0))
        self._known[table.place] = replace(storage, final=False), until

    def forget(self, table: TableSpec) -> None:
        """Drop what is cached of a table that has been replaced."""
        self._known.pop(table.place, None)


async def _resolve(place: Place, ask: Ask) -> Storage:
    """Follow views and aliases to the table that stores the rows."""
    places: list[Place] = []
    seen = "/"
    target: Place | None = place
    storage = UNSEEN
    while target is not None and target not in places and len(places) < MOST_STEPS:
        try:
            answer = await ask(_LOOK, places_bound((target,)))
        except DatabaseError as exc:
            if not is_about_statement(exc):
                raise
            return UNSEEN
        places.append(target)
        rows = answer.texts(_LOOK_COLUMNS)
        if not rows:
            return replace(UNSEEN, places=tuple(places), seen=seen)
        engine, full, create, uuid, hashed = rows[0]
        table = TableInfo(target, engine, full, create, uuid)
        storage, target, seen = storage_of(table), target_of(table), seen + hashed
    if target is not None:
        storage = UNSEEN
    return replace(storage, places=tuple(places), seen=seen)
