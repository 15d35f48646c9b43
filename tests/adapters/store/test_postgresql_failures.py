"""The store on a PostgreSQL server that is locked, stopped, crashed, frozen or mute."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from bot.adapters.store import open_store
from bot.adapters.store.database import Database, open_database
from bot.adapters.store.journal import SqlJournal
from bot.adapters.store.postgresql import postgresql_backend
from bot.adapters.store.writer import MAX_GROUP
from bot.errors import Unavailable
from bot.model import JournalEntry
from tests.adapters.store.given import NOW, episode, message
from tests.adapters.store.raw import refusal
from tests.adapters.store.server import Server, running_server

HELD = JournalEntry(episodes=(episode("e1"),))
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    """One of this module's own, which is stopped and crashed."""
    with running_server() as server:
        yield server


async def test_nobody_there_and_somebody_mute_are_both_unavailable() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        nobody = await refusal(f"postgres://u:marked-secret@127.0.0.1:{mute.getsockname()[1]}/db")
        mute.listen()
        silent = await refusal(f"postgres://u:marked-secret@127.0.0.1:{mute.getsockname()[1]}/db")

    assert isinstance(nobody, Unavailable)
    assert isinstance(silent, Unavailable)
    assert "does not answer in time" in str(silent)
    assert "marked" not in f"{nobody} {silent}"


async def test_a_lock_that_is_held_too_long_is_said_to_be_one_and_hinders_no_reading(server_url: str) -> None:
    async with open_store(server_url) as store, _holding(server_url):
        with pytest.raises(Unavailable, match="locked by another process"):
            await store.journal.record(HELD, NOW)
        readable = await store.journal.open_episodes()
    async with open_store(server_url) as store:
        await store.journal.record(HELD, NOW)

    assert readable == ()


@asynccontextmanager
async def _holding(url: str) -> AsyncIterator[None]:
    """The write lock, held by one who is busy all the time."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("BEGIN")
        await connection.execute(f"SELECT pg_advisory_xact_lock({int.from_bytes(b'backfill')})")
        yield
    finally:
        await connection.close()


async def test_a_lock_that_is_given_back_soon_is_waited_for(server_url: str) -> None:
    async with open_store(server_url) as store:
        async with _holding(server_url):
            recording = asyncio.create_task(store.journal.record(HELD, NOW))
            await _somebody_waits_for_a_lock(server_url)
        await recording

        assert len(await store.journal.open_episodes()) == 1


async def _somebody_waits_for_a_lock(url: str) -> None:
    """As the server sees it."""
    waiting = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    connection = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await connection.fetchval(f"{waiting} WHERE datname = current_database() AND NOT granted"):
                await connection.execute("SELECT pg_sleep(0.05)")
    finally:
        await connection.close()


async def test_a_bot_that_freezes_while_it_writes_does_not_keep_the_others_from_writing(server_url: str) -> None:
    async with open_store(server_url) as store, open_database(server_url) as frozen:
        with pytest.raises(Unavailable):
            await _freeze_while_writing(frozen, until=store.journal.record(HELD, NOW))
        known = await store.journal.open_episodes()

    assert len(known) == 1


async def _freeze_while_writing(database: Database, until: Coroutine[Any, Any, None]) -> None:
    async with database.writing(at_most=timedelta(seconds=PATIENCE_SECONDS)) as connection:
        await until
        await connection.execute(text("SELECT 1"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_a_server_that_is_gone_is_unavailable_and_used_again_once_it_is_back(
    postgresql: Server, server_url: str, how: signal.Signals
) -> None:
    async with open_store(server_url) as store:
        await asyncio.gather(*(store.outbox.due(NOW, 1) for _ in range(5)))
        postgresql.stop(how)
        try:
            with pytest.raises(Unavailable):
                await store.journal.record(HELD, NOW)
        finally:
            postgresql.start()
        await asyncio.gather(*(store.outbox.due(NOW, 1) for _ in range(5)))
        await store.journal.record(HELD, NOW)
        known = await store.journal.open_episodes()

    assert len(known) == 1


async def test_a_server_that_goes_while_it_is_written_to_keeps_whole_entries_only(
    postgresql: Server, server_url: str
) -> None:
    entries = [JournalEntry(episodes=(episode(f"e{n}"),), messages=(message(f"{n}"),)) for n in range(10 * MAX_GROUP)]
    async with open_store(server_url) as store:
        recording = [asyncio.create_task(store.journal.record(entry, NOW)) for entry in entries]
        await asyncio.wait({recording[10]})
        await asyncio.to_thread(postgresql.stop)
        outcomes = await asyncio.gather(*recording, return_exceptions=True)
        await asyncio.to_thread(postgresql.start)
        known = {open_episode.id for open_episode in await store.journal.open_episodes()}
        due = {queued.message.key for queued in await store.outbox.due(NOW, 10 * MAX_GROUP)}

    recorded = {f"e{n}" for n, outcome in enumerate(outcomes) if outcome is None}
    assert {type(outcome) for outcome in outcomes if outcome is not None} == {Unavailable}
    assert recorded <= known
    assert {f"e{key}" for key in due} == known


async def test_a_server_that_falls_silent_is_given_up_after_a_while(server_url: str) -> None:
    async with open_store(server_url):
        pass
    hasty = replace(postgresql_backend(server_url), patience=timedelta(seconds=1))
    database = Database(hasty)
    async with database.reading() as connection:
        backend: int = await connection.scalar(text("SELECT pg_backend_pid()"))
    os.kill(backend, signal.SIGSTOP)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(Unavailable, match="does not answer in time"):
                await SqlJournal(database).record(HELD, NOW)
    finally:
        os.kill(backend, signal.SIGCONT)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await SqlJournal(database).record(HELD, NOW)
        known = await SqlJournal(database).open_episodes()
    await hasty.writer.dispose()

    assert len(known) == 1


async def test_a_database_that_takes_no_writes_is_told_at_the_start(postgresql: Server) -> None:
    url = await postgresql.create_database()
    async with open_store(url):
        pass
    await postgresql.administer(f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
    error = await refusal(url)

    assert isinstance(error, Unavailable)
    assert "takes no writes now" in str(error)
