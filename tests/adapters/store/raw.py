"""What tests do to either kind of database besides using the store: statements of their own, and being refused."""

from typing import Any

import pytest
from sqlalchemy import Executable, inspect, text

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.errors import BackfillBotError


async def sql(url: str, statement: str | Executable) -> list[tuple[Any, ...]]:
    """Carry it out, in a transaction of its own; the rows that it gives."""
    async with open_database(url) as database, database.writing() as connection:
        done = await connection.execute(text(statement) if isinstance(statement, str) else statement)
        return [tuple(row) for row in done] if done.returns_rows else []


async def tables(url: str) -> list[str]:
    """The names of the tables that there are."""
    async with open_database(url) as database, database.reading() as connection:
        return await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def refusal(url: str) -> BackfillBotError:
    """Why no store can be opened there."""
    with pytest.raises(BackfillBotError) as caught:
        async with open_store(url):
            pass
    return caught.value
