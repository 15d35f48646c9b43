"""The store on an SQLite file that is locked, full, unwritable, or none at all."""

import asyncio
import os
import resource
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.adapters.store.journal import SqlJournal
from bot.adapters.store.journal_queries import FAILURES, OBSERVATIONS, about
from bot.adapters.store.migrate import migrate
from bot.errors import BackfillBotError, ConfigError, Refused, Unavailable
from bot.model import JournalEntry
from tests.adapters.store.given import HILTON, NOW, SPIRIT, episode
from tests.adapters.store.raw import refusal


async def test_a_lock_that_is_held_too_long_is_said_to_be_one(file_url: str, tmp_path: Path) -> None:
    async with open_store(file_url) as store:
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="locked by another process"):
                await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
            readable = await store.journal.open_episodes()
            other.execute("ROLLBACK")
        await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
        written = await store.journal.open_episodes()

    assert readable == ()
    assert len(written) == 1


async def test_a_lock_that_is_given_back_soon_is_waited_for(file_url: str, tmp_path: Path) -> None:
    async with open_store(file_url) as store:
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            recording = asyncio.create_task(store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW))
            # What is read meanwhile is answered after it would have been written.
            read = [await store.journal.open_episodes() for _ in range(5)]
            is_early = recording.done()
            other.execute("ROLLBACK")
        await recording

        assert read == [()] * 5
        assert not is_early
        assert len(await store.journal.open_episodes()) == 1


async def test_a_full_database_is_said_to_be_full(file_url: str) -> None:
    async with open_database(file_url) as database:
        await migrate(database)
        async with database.writing() as connection:
            # As small as it can be: the pages it has.
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(Unavailable, match="the disk is full"):
            async with database.writing() as connection:
                await connection.exec_driver_sql("INSERT INTO sightings VALUES ('x', zeroblob(200000))")


async def test_a_disk_that_takes_no_more_is_one_clear_error(file_url: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from bot.adapters.store import open_store\n"
        "from bot.errors import BackfillBotError\n"
        "async def main():\n"
        "    try:\n"
        "        async with open_store(sys.argv[1]): pass\n"
        "    except BackfillBotError as exc:\n"
        "        sys.stdout.write(f'{type(exc).__name__} {exc}')\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        file_url,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192)),
    )
    output, _ = await asyncio.wait_for(process.communicate(), 30)

    assert output.decode().startswith("Unavailable store: the disk cannot be read or written")
    assert b"\n" not in output


@pytest.mark.parametrize(
    ("url", "error", "reason"),
    [
        ("sqlite+aiosqlite:////nowhere/at/all/store.db", Refused, "check that its directory exists"),
        ("sqlite+aiosqlite:////proc/store.db", Refused, "/proc/store.db: the file cannot be opened"),
        ("sqlite+aiosqlite:////etc/hosts", Refused, "not an SQLite database"),
        ("sqlite+aiosqlite://", ConfigError, "names no file"),
        ("sqlite+aiosqlite:///:memory:", ConfigError, "names no file"),
        ("sqlite+aiosqlite:///store%00.db", ConfigError, "names no file"),
        ("sqlite:///store.db", ConfigError, "expected sqlite"),
        ("nothing like a URL", ConfigError, "expected sqlite"),
        ("carrier+pigeon://user:hunter2@host/db", ConfigError, "or postgresql://"),
    ],
)
async def test_an_unusable_database_is_one_clear_error(url: str, error: type[BackfillBotError], reason: str) -> None:
    with pytest.raises(error) as caught:
        async with open_store(url):
            pass

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_what_is_due_is_found_without_reading_all_that_was_said(file_url: str, tmp_path: Path) -> None:
    async with open_store(file_url):
        pass
    waiting = "SELECT * FROM outbox WHERE outbox.said_revision < outbox.revision ORDER BY outbox.turn"
    with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
        plan = reader.execute(f"EXPLAIN QUERY PLAN {waiting}").fetchall()

    assert any("ix_outbox_waiting" in str(row) for row in plan)


@pytest.mark.parametrize("statement", [OBSERVATIONS, FAILURES])
async def test_what_is_recorded_about_runs_is_found_without_reading_all_that_is_recorded(
    statement: Select[Any], file_url: str, tmp_path: Path
) -> None:
    async with open_store(file_url):
        pass
    about_two = statement.params(**about([HILTON, SPIRIT]))
    written = about_two.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
        plan = reader.execute(f"EXPLAIN QUERY PLAN {written}").fetchall()

    assert "(cluster=? AND workflow_id=?" in str(plan)


async def test_what_is_no_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "store.db"
    os.mkfifo(pipe, 0o644)
    pipe.chmod(0o644)
    error = await refusal(f"sqlite+aiosqlite:///{pipe}")

    assert type(error) is Refused
    assert "is no regular file" in str(error)
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o644


async def test_a_file_that_can_only_be_read_is_refused_at_the_start(file_url: str, tmp_path: Path) -> None:
    async with open_store(file_url) as store:
        await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
    error = await refusal(f"sqlite+aiosqlite:///file:{tmp_path}/store.db?mode=ro&uri=true")

    assert type(error) is Refused
    assert "may not be written" in str(error)


async def test_a_file_that_may_not_be_written_any_more_fails_the_check(file_url: str, tmp_path: Path) -> None:
    async with open_store(file_url):
        pass
    async with open_database(f"sqlite+aiosqlite:///file:{tmp_path}/store.db?mode=ro&uri=true") as database:
        with pytest.raises(Refused, match="may not be written"):
            await SqlJournal(database).check()
