"""The store when it is killed, locked, full, unwritable, cancelled or used by many at once."""

import asyncio
import resource
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.adapters.store.migrate import migrate
from bot.errors import BackfillBotError, ConfigError, Refused, Unavailable
from bot.model import Address, Ending, Entry
from tests.adapters.store.given import HILTON, NOW, episode, minutes, observation, seen, speech

DAY = minutes(24 * 60)


async def test_what_was_recorded_is_there_after_reopening(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(Entry(episodes=(episode("e1"),), speeches=(speech("a"),)), NOW)
        await store.outbox.done("a", 1, Address("C1", "1.0"))
    async with open_store(url) as store:
        known = await store.journal.episode("e1")
        address = await store.outbox.address("a")

    assert known == episode("e1", revision=1)
    assert address == Address("C1", "1.0")


async def test_a_killed_process_leaves_whole_entries_only(url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.adapters.store.scribbler", url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        for _ in range(20):
            assert await asyncio.wait_for(process.stdout.readline(), 30)
    finally:
        process.kill()
        await process.wait()
    async with open_store(url) as store:
        episodes = len(await store.journal.open_episodes())
        failures = len((await store.journal.failures([HILTON]))[HILTON])
        roots = len(await store.outbox.due(NOW, 1_000_000))

    assert episodes >= 20
    assert (failures, roots) == (episodes, episodes)


async def test_an_entry_that_cannot_be_written_whole_is_not_written_at_all(url: str) -> None:
    naive = seen(2, seen_at=datetime(2026, 2, 22, tzinfo=UTC).replace(tzinfo=None))
    async with open_store(url) as store:
        with pytest.raises(Exception, match="no time zone"):
            await store.journal.record(Entry(failures=(seen(1), naive), episodes=(episode("e1"),)), NOW)
        known = await store.journal.failures([HILTON])

    assert known == {}


async def test_a_lock_that_is_held_too_long_is_said_to_be_one(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store:
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="locked by another process"):
                await store.journal.record(Entry(episodes=(episode("e1"),)), NOW)
            readable = await store.journal.open_episodes()
            other.execute("ROLLBACK")
        await store.journal.record(Entry(episodes=(episode("e1"),)), NOW)
        written = await store.journal.open_episodes()

    assert readable == ()
    assert len(written) == 1


async def test_a_lock_that_is_given_back_soon_is_waited_for(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store:
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            recording = asyncio.create_task(store.journal.record(Entry(episodes=(episode("e1"),)), NOW))
            done, _ = await asyncio.wait({recording}, timeout=0.3)
            other.execute("ROLLBACK")
        await recording

        assert not done
        assert len(await store.journal.open_episodes()) == 1


async def test_many_writers_and_readers_at_once_all_succeed(url: str) -> None:
    async with open_store(url) as store:
        writes = (store.journal.record(Entry(speeches=(speech(f"{n}"),)), NOW) for n in range(40))
        reads = (store.outbox.due(NOW, 100) for _ in range(40))
        await asyncio.gather(*writes, *reads)
        due = await store.outbox.due(NOW, 100)

    assert sorted(queued.speech.key for queued in due) == sorted(str(n) for n in range(40))


async def test_cancelled_records_leave_nothing_half_and_nothing_locked(url: str) -> None:
    async with open_store(url) as store:
        for pause in range(10):
            entry = Entry(episodes=(episode(f"e{pause}"),), speeches=tuple(speech(f"{pause}.{n}") for n in range(20)))
            recording = asyncio.create_task(store.journal.record(entry, NOW))
            await asyncio.wait({recording}, timeout=pause / 1_000)
            recording.cancel()
            await asyncio.wait({recording})
        await store.journal.record(Entry(episodes=(episode("after"),)), NOW)
        known = {one.id for one in await store.journal.open_episodes()}
        due = [queued.speech.key for queued in await store.outbox.due(NOW, 1_000)]

    assert "after" in known
    assert len(due) == 20 * len(known - {"after"})


async def test_a_full_database_is_said_to_be_full(url: str) -> None:
    async with open_database(url) as database:
        await migrate(database)
        async with database.writing() as connection:
            # As small as it can be: the pages it has.
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(Unavailable, match="the disk is full"):
            async with database.writing() as connection:
                await connection.exec_driver_sql("INSERT INTO sightings VALUES ('x', zeroblob(200000))")


async def test_a_disk_that_takes_no_more_is_one_clear_error(url: str) -> None:
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
        url,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192)),
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)

    assert said.decode().startswith("Unavailable store: the disk cannot be read or written")
    assert b"\n" not in said


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("sqlite+aiosqlite:////nowhere/at/all/store.db", Refused, "check that its directory exists"),
        ("sqlite+aiosqlite:////proc/store.db", Refused, "/proc/store.db: the file cannot be opened"),
        ("sqlite+aiosqlite:////etc/hosts", Refused, "not an SQLite database"),
        ("sqlite+aiosqlite://", ConfigError, "names no file"),
        ("sqlite+aiosqlite:///:memory:", ConfigError, "names no file"),
        ("sqlite:///store.db", ConfigError, "expected sqlite"),
        ("nothing like a URL", ConfigError, "expected sqlite"),
        ("carrier+pigeon://user:hunter2@host/db", ConfigError, "expected sqlite"),
    ],
)
async def test_an_unusable_database_is_one_clear_error(url: str, error: type[BackfillBotError], said: str) -> None:
    with pytest.raises(error) as caught:
        async with open_store(url):
            pass

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_observations_that_nobody_touches_any_more_are_dropped(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(Entry(observations=(observation("1"),)), NOW)
        await store.journal.record(Entry(), NOW + 29 * DAY)
        kept = await store.journal.memory("voice-prod", [observation("1").ref])
        await store.journal.record(Entry(), NOW + 31 * DAY)
        dropped = await store.journal.memory("voice-prod", [observation("1").ref])

    assert len(kept.observations) == 1
    assert dropped.observations == ()


async def test_observations_of_an_open_episode_are_kept_however_old(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(Entry(observations=(observation("1"),), episodes=(episode("e1"),)), NOW)
        await store.journal.record(Entry(), NOW + 31 * DAY)
        during = await store.journal.memory("voice-prod", [observation("1").ref])
        await store.journal.record(Entry(episodes=(episode("e1", ending=Ending.GONE, revision=1),)), NOW + 31 * DAY)
        after = await store.journal.memory("voice-prod", [observation("1").ref])

    assert len(during.observations) == 1
    assert after.observations == ()


async def test_only_the_latest_snapshots_are_kept(url: str, tmp_path: Path) -> None:
    async with open_store(url) as store:
        for count in range(25):
            await store.journal.record(Entry(snapshot=f"{count}"), NOW)
    with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
        kept = [row[0] for row in reader.execute("SELECT body FROM snapshots ORDER BY id")]

    assert kept == [str(count) for count in range(15, 25)]


async def test_what_is_due_is_found_without_reading_all_that_was_said(url: str, tmp_path: Path) -> None:
    async with open_store(url):
        pass
    waiting = "SELECT * FROM outbox WHERE outbox.said_revision < outbox.revision ORDER BY outbox.turn"
    with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
        plan = reader.execute(f"EXPLAIN QUERY PLAN {waiting}").fetchall()

    assert any("ix_outbox_waiting" in str(row) for row in plan)
