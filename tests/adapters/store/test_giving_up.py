"""A write whose caller is cancelled, and the close of a store whose database is silent."""

import asyncio
import gc
import os
import signal
from typing import Any

from sqlalchemy import text
from structlog.testing import capture_logs

from bot.adapters.store.database import LEFT_ALONE, Database, run_to_end
from bot.adapters.store.postgresql import postgresql_backend
from bot.errors import Unavailable
from tests.fakes.idle_clock import on_idle_clock

# Seconds: whoever waits for a server that is stopped does so for ever.
A_HANG = 60


async def until_given_up(work: Any) -> float:
    """Its asker gives up at once; the seconds until that one goes on."""
    clock = asyncio.get_running_loop().time
    asking = asyncio.create_task(run_to_end(work))
    await asyncio.sleep(0)
    began = clock()
    asking.cancel()
    await asyncio.wait({asking})
    assert asking.cancelled()
    return clock() - began


@on_idle_clock
async def test_a_write_that_fails_when_its_asker_has_given_up_is_told_once() -> None:
    async def fail() -> None:
        await asyncio.sleep(1)
        raise Unavailable("store", "locked")

    unheard = list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    with capture_logs() as logs:
        await until_given_up(fail())
        gc.collect()
        await asyncio.sleep(0)

    assert [(line["event"], "locked" in line["reason"]) for line in logs] == [("not written", True)]
    assert unheard == []


@on_idle_clock
async def test_a_write_that_never_ends_does_not_keep_its_asker() -> None:
    took = await until_given_up(asyncio.Event().wait())

    assert took == LEFT_ALONE.total_seconds()


async def test_a_server_that_says_nothing_does_not_keep_the_store_from_closing(server_url: str) -> None:
    database = Database(postgresql_backend(server_url))

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(text("SELECT 1"))

    async with database.reading() as idle, database.reading() as connection:
        await idle.execute(text("SELECT 1"))
        backends = [await one.scalar(text("SELECT pg_backend_pid()")) for one in (idle, connection)]
    for backend in backends:
        os.kill(backend, signal.SIGSTOP)
    try:
        writing = asyncio.create_task(database.run_detached(write()))
        await asyncio.sleep(0)
        async with asyncio.timeout(A_HANG):
            await database.close()
    finally:
        for backend in backends:
            os.kill(backend, signal.SIGCONT)
    await asyncio.gather(writing, return_exceptions=True)
