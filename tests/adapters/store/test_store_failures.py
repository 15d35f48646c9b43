"""The store when it is killed, cancelled or used by many at once, and what it deletes after a while; on every kind of
database."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.adapters.store import open_store
from bot.adapters.store.database import open_database
from bot.adapters.store.tables import outbox
from bot.model import Address, Ending, Failure, FailureKind, JournalEntry
from tests.adapters.store.given import HILTON, NOW, SPIRIT, episode, message, minutes, observation, seen
from tests.adapters.store.raw import sql

DAY = minutes(24 * 60)
LATER = JournalEntry(observations=(observation("9", SPIRIT),))


async def test_what_was_recorded_is_there_after_reopening(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(episodes=(episode("e1"),), messages=(message("a"),)), NOW)
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
            await store.journal.record(JournalEntry(failures=(seen(1), naive), episodes=(episode("e1"),)), NOW)
        known = await store.journal.failures([HILTON])

    assert known == {}


async def test_many_writers_and_readers_at_once_all_succeed(url: str) -> None:
    async with open_store(url) as store:
        writes = (store.journal.record(JournalEntry(messages=(message(f"{n}"),)), NOW) for n in range(40))
        reads = (store.outbox.due(NOW, 100) for _ in range(40))
        await asyncio.gather(*writes, *reads)
        due = await store.outbox.due(NOW, 100)

    assert sorted(queued.message.key for queued in due) == sorted(str(n) for n in range(40))


async def test_what_several_bots_record_at_once_is_said_entry_by_entry(url: str) -> None:
    async with open_store(url) as first_store, open_store(url) as second_store:
        entries = [JournalEntry(messages=tuple(message(f"{n}.{part}") for part in range(4))) for n in range(20)]
        bots = (first_store, second_store) * 10
        await asyncio.gather(*(bot.journal.record(entry, NOW) for bot, entry in zip(bots, entries, strict=True)))
        due = [queued.message.key for queued in await first_store.outbox.due(NOW, 100)]

    spoken = [due[first : first + 4] for first in range(0, len(due), 4)]
    assert sorted(spoken) == sorted([recorded.key for recorded in entry.messages] for entry in entries)


async def test_a_reading_sees_one_state_though_somebody_writes_meanwhile(url: str) -> None:
    async with open_store(url) as store, open_database(url) as database, database.reading() as connection:
        before = await connection.scalar(select(func.count()).select_from(outbox))
        await store.journal.record(JournalEntry(messages=(message("a"),)), NOW)
        after = await connection.scalar(select(func.count()).select_from(outbox))

        assert (before, after) == (0, 0)
        assert len(await store.outbox.due(NOW, 10)) == 1


async def test_cancelled_records_leave_nothing_half_and_nothing_locked(url: str) -> None:
    async with open_store(url) as store:
        for pause in range(10):
            entry = JournalEntry(
                episodes=(episode(f"e{pause}"),), messages=tuple(message(f"{pause}.{n}") for n in range(20))
            )
            recording = asyncio.create_task(store.journal.record(entry, NOW))
            await asyncio.wait({recording}, timeout=pause / 1_000)
            recording.cancel()
            await asyncio.wait({recording})
        await store.journal.record(JournalEntry(episodes=(episode("after"),)), NOW)
    # What had been begun is finished by then.
    async with open_store(url) as store:
        known = {open_episode.id for open_episode in await store.journal.open_episodes()}
        due = [queued.message.key for queued in await store.outbox.due(NOW, 1_000)]

    assert "after" in known
    assert len(due) == 20 * len(known - {"after"})


async def test_questions_that_nobody_waits_for_any_more_take_no_connection_along(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(messages=tuple(message(f"{n}") for n in range(20))), NOW)
        for pause in range(40):
            asking = [asyncio.create_task(store.outbox.due(NOW, 100)) for _ in range(3)]
            await asyncio.wait(asking, timeout=pause / 4_000)
            for task in asking:
                task.cancel()
            await asyncio.wait(asking)
        due = await asyncio.gather(*(store.outbox.due(NOW, 100) for _ in range(10)))

    assert [len(found) for found in due] == [20] * 10


async def test_what_was_said_is_written_down_though_whoever_said_it_gives_up(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(messages=tuple(message(f"{n}") for n in range(10))), NOW)
        for n in range(10):
            saying = asyncio.create_task(store.outbox.done(f"{n}", 1, Address("C1", f"{n}.0")))
            # Once it has begun.
            await asyncio.sleep(0)
            await asyncio.wait({saying}, timeout=n / 1_000)
            saying.cancel()
            await asyncio.wait({saying})
    # What had been begun is finished by then.
    async with open_store(url) as store:
        due = await store.outbox.due(NOW, 10)

    assert due == []


async def test_text_that_no_database_holds_does_not_keep_the_rest_from_being_recorded(url: str) -> None:
    odd = replace(seen(1), failure=Failure(FailureKind.OTHER, "core\0dump \ud83d søppel \U0001f4a5"))
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(failures=(odd,), episodes=(episode("e1"),)), NOW)
        ((known,),) = (await store.journal.failures([HILTON])).values()

    assert known.failure.message == "core\ufffddump \ufffd søppel \U0001f4a5"


async def test_observations_that_nobody_touches_any_more_are_dropped(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(observations=(observation("1"),)), NOW)
        await store.journal.record(LATER, NOW + 29 * DAY)
        kept = await store.journal.memory("voice-prod", [observation("1").ref])
        await store.journal.record(LATER, NOW + 31 * DAY)
        dropped = await store.journal.memory("voice-prod", [observation("1").ref])

    assert len(kept.observations) == 1
    assert dropped.observations == ()


async def test_observations_of_an_open_episode_are_kept_however_old(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(observations=(observation("1"),), episodes=(episode("e1"),)), NOW)
        await store.journal.record(LATER, NOW + 31 * DAY)
        during = await store.journal.memory("voice-prod", [observation("1").ref])
        over = episode("e1", ending=Ending.GONE, revision=1)
        await store.journal.record(replace(LATER, episodes=(over,)), NOW + 31 * DAY)
        after = await store.journal.memory("voice-prod", [observation("1").ref])

    assert len(during.observations) == 1
    assert after.observations == ()


async def test_only_the_latest_snapshots_are_kept(url: str) -> None:
    async with open_store(url) as store:
        for count in range(25):
            await store.journal.record(JournalEntry(snapshot=f"{count}"), NOW)
    kept = await sql(url, "SELECT body FROM snapshots ORDER BY id")

    assert kept == [(str(count),) for count in range(15, 25)]
