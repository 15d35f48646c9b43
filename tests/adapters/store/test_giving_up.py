"""A write whose caller is cancelled, and the close of a store whose database is silent."""

import asyncio
import gc
import os
import signal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot.adapters.store.database import Database, open_database
from bot.adapters.store.postgresql import postgresql_backend
from bot.errors import Unavailable

# Seconds: whoever waits for a server that is stopped does so for ever.
A_HANG = 60


async def test_a_write_that_fails_when_its_caller_has_given_up_is_logged_once(url: str) -> None:
    unheard = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))

    async def fail(_: AsyncConnection) -> None:
        raise Unavailable("store", "locked")

    with capture_logs() as logs:
        async with open_database(url) as database:
            asking = asyncio.create_task(database.write(fail))
            await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait({asking})
        gc.collect()
        await asyncio.sleep(0)

    assert asking.cancelled()
    assert [(line["event"], "locked" in line["reason"]) for line in logs] == [("not written", True)]
    assert unheard == []


async def test_a_server_that_says_nothing_does_not_keep_the_store_from_closing(server_url: str) -> None:
    database = Database(postgresql_backend(server_url))

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT 1"))

    async with database.reading() as idle, database.reading() as connection:
        await idle.execute(text("SELECT 1"))
        backends = [await session.scalar(text("SELECT pg_backend_pid()")) for session in (idle, connection)]
    for backend in backends:
        os.kill(backend, signal.SIGSTOP)
    try:
        writing = asyncio.create_task(database.write(write))
        await asyncio.sleep(0)
        async with asyncio.timeout(A_HANG):
            await database.close()
    finally:
        for backend in backends:
            os.kill(backend, signal.SIGCONT)
    await asyncio.gather(writing, return_exceptions=True)
