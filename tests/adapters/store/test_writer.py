"""The one writer of a process: the order of its writes, their commits, and what a failing one takes along."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.database import Database, open_database
from bot.adapters.store.migrate import migrate
from bot.adapters.store.tables import sightings
from bot.adapters.store.writer import MAX_GROUP, Writer
from bot.errors import Conflict, Unavailable
from tests.adapters.store.given import NOW

Work = Callable[[AsyncConnection], Awaitable[None]]


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
        await migrate(opened)
        yield opened


def write(name: str) -> Work:
    """A work that leaves a row of this name."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(sightings).values(cluster=name, at=NOW))

    return work


async def lose_transaction(connection: AsyncConnection) -> None:
    """A work that ends the whole transaction, as a full disk does on SQLite, and a lost connection on PostgreSQL."""
    is_sqlite = connection.dialect.name == "sqlite"
    await connection.execute(text("ROLLBACK" if is_sqlite else "SELECT pg_terminate_backend(pg_backend_pid())"))
    raise Unavailable("store", "lost")


async def written(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.scalars(select(sightings.c.cluster)))


@contextmanager
def counted(name: str) -> Iterator[list[object]]:
    """The connections that had this event of SQLAlchemy during the block."""
    seen = list[object]()

    def note(connection: object) -> None:
        seen.append(connection)

    event.listen(Engine, name, note)
    try:
        yield seen
    finally:
        event.remove(Engine, name, note)


async def test_writes_that_wait_together_share_one_commit(database: Database) -> None:
    with counted("commit") as commits:
        await asyncio.gather(*(database.write(write(f"{number}")) for number in range(2 * MAX_GROUP)))

    assert len(commits) == 2
    assert len(await written(database)) == 2 * MAX_GROUP


async def test_writes_are_done_in_the_order_of_their_calls(database: Database) -> None:
    done = list[int]()

    def note(number: int) -> Work:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(text("SELECT 1"))
            done.append(number)

        return work

    await asyncio.gather(*(database.write(note(number)) for number in range(30)))

    assert done == list(range(30))


async def test_a_write_that_fails_takes_no_other_along(database: Database) -> None:
    async def refuse(connection: AsyncConnection) -> None:
        await write("refused")(connection)
        raise Conflict("store", "somebody else was first")

    outcomes = await asyncio.gather(
        *(database.write(work) for work in (write("before"), refuse, write("before"), write("after"))),
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "Conflict", "IntegrityError", "NoneType"]
    assert await written(database) == {"before", "after"}


async def test_all_writes_of_a_lost_transaction_fail_and_later_ones_go_through(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(database.write(work) for work in (write("before"), lose_transaction, write("after"))),
        return_exceptions=True,
    )
    await database.write(write("later"))

    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert await written(database) == {"later"}


async def test_nobody_waits_longer_for_a_locked_database_than_the_first_of_the_queue(
    file_url: str, tmp_path: Path
) -> None:
    async with open_database(file_url) as database:
        await migrate(database)
        writes = [database.write(write(f"{number}")) for number in range(2 * MAX_GROUP)]
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with counted("begin") as begun:
                outcomes = await asyncio.gather(*writes, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert all("locked by another process" in str(outcome) for outcome in outcomes)
    assert len(begun) == 1


async def test_a_write_whose_caller_gives_up_is_done_before_the_database_closes(url: str) -> None:
    async with open_database(url) as database:
        await migrate(database)
        asking = asyncio.create_task(database.write(write("left alone")))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})
    async with open_database(url) as database:
        assert await written(database) == {"left alone"}


async def test_closing_counts_each_write_that_it_gives_up(database: Database) -> None:
    writer = Writer(database.writing)
    begun = asyncio.Event()

    async def hang(connection: AsyncConnection) -> None:
        await write("hanging")(connection)
        begun.set()
        await asyncio.Event().wait()

    outcomes = [writer.submit(work) for work in (write("before"), hang, write("after"))]
    await begun.wait()
    outcomes.append(writer.submit(write("queued")))
    count = await writer.close(timedelta(0))
    results = await asyncio.gather(*outcomes, return_exceptions=True)

    assert count == len(outcomes)
    assert {type(result) for result in results} == {Unavailable}
    assert await written(database) == set()


async def test_closing_counts_the_queued_writes_while_the_lock_is_not_given(database: Database) -> None:
    @asynccontextmanager
    async def locked() -> AsyncIterator[AsyncConnection]:
        await asyncio.Event().wait()
        async with database.writing() as connection:
            yield connection

    writer = Writer(locked)
    outcomes = [writer.submit(write(name)) for name in ("first", "second")]
    count = await writer.close(timedelta(0))
    await asyncio.gather(*outcomes, return_exceptions=True)

    assert count == len(outcomes)
