"""INSERT … ON CONFLICT. SQLite and PostgreSQL have the same syntax for it, but SQLAlchemy has a function for each
database."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Insert = sqlite.Insert | postgresql.Insert
_INSERTS: Mapping[str, Callable[[Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert(connection: AsyncConnection, table: Table) -> Insert:
    """An insert into ``table`` that takes ON CONFLICT clauses."""
    return _INSERTS[connection.dialect.name](table)


@cache
def proposed(table: Table) -> ReadOnlyColumnCollection[str, Any]:
    """The row that an insert proposes, for ON CONFLICT clauses. SQLAlchemy's own ``excluded`` makes the columns anew
    for each statement, and that takes longer than most statements take to run. So this function makes the columns
    once for each table."""
    return table.alias("excluded").c


async def keep(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows. Where a row with the same primary key exists, it stays unchanged."""
    if rows:
        await connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


async def replace(
    connection: AsyncConnection, table: Table, rows: list[dict[str, Any]], unique: Sequence[Column[Any]] = ()
) -> None:
    """Insert rows. An existing row with the same primary key, or the same ``unique`` columns if given, is
    overwritten.

    Nulls in ``unique`` columns never match. An overwritten row keeps its primary key.
    """
    if not rows:
        return
    statement = insert(connection, table)
    keys = list(unique or table.primary_key.columns)
    kept = {*keys, *table.primary_key.columns}
    values = {column.name: proposed(table)[column.name] for column in table.columns if column not in kept}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values), rows)
