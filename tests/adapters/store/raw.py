"""Direct access to either kind of database: SQL statements of a test, and the error of opening a store."""

from typing import Any

import pytest
from sqlalchemy import Executable, inspect, text

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.errors import BackfillBotError


async def sql(url: str, statement: str | Executable) -> list[tuple[Any, ...]]:
    """Run a statement in a transaction of its own, and return its rows."""
    async with open_database(url) as database, database.writing() as connection:
        done = await connection.execute(text(statement) if isinstance(statement, str) else statement)
        return [tuple(row) for row in done] if done.returns_rows else []


async def tables(url: str) -> list[str]:
    """The names of all tables."""
    async with open_database(url) as database, database.reading() as connection:
        return await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def refusal(url: str) -> BackfillBotError:
    """The error with which opening a store fails."""
    with pytest.raises(BackfillBotError) as caught:
        async with open_store(url):
            pass
    return caught.value
