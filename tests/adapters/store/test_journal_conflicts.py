"""The contract of bot.ports.Journal when two bots change the same episode: the second one gets a Conflict."""

import asyncio
from dataclasses import replace

import pytest

from bot.adapters.store import open_store
from bot.errors import Conflict
from bot.model import JournalEntry
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, episode, message, observation, seen


async def test_an_episode_carries_how_often_it_was_recorded(store: Sides) -> None:
    await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
    (first,) = await store.journal.open_episodes()
    await store.journal.record(JournalEntry(episodes=(replace(first, acked_by="U1"),)), NOW)
    second = await store.journal.episode("e1")

    assert first.revision == 1
    assert second == replace(first, acked_by="U1", revision=2)
    assert (await store.journal.memory("voice-prod", [seen(1).ref])).episodes == (second,)


@pytest.mark.parametrize(
    "revision",
    [
        pytest.param(0, id="as if it were new"),
        pytest.param(1, id="from an older reading"),
        pytest.param(3, id="from a reading nobody made"),
    ],
)
async def test_an_episode_that_somebody_else_has_changed_is_not_overwritten(store: Sides, revision: int) -> None:
    await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
    await store.journal.record(JournalEntry(episodes=(episode("e1", acked_by="U1", revision=1),)), NOW)

    with pytest.raises(Conflict, match="meanwhile"):
        await store.journal.record(JournalEntry(episodes=(episode("e1", attempt=7, revision=revision),)), NOW)

    assert await store.journal.episode("e1") == episode("e1", acked_by="U1", revision=2)


async def test_an_episode_that_is_no_longer_there_cannot_be_changed(store: Sides) -> None:
    with pytest.raises(Conflict):
        await store.journal.record(JournalEntry(episodes=(episode("e1", revision=1),)), NOW)

    assert await store.journal.open_episodes() == ()


async def test_nothing_of_an_entry_is_recorded_when_one_of_its_episodes_was_changed(store: Sides) -> None:
    await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
    entry = JournalEntry(
        failures=(seen(1),),
        observations=(observation("1"),),
        episodes=(episode("new"), episode("e1", revision=5)),
        messages=(message("a"),),
        seen={"voice-prod": NOW},
        snapshot="now",
    )

    with pytest.raises(Conflict):
        await store.journal.record(entry, NOW)

    assert [found.id for found in await store.journal.open_episodes()] == ["e1"]
    assert (await store.journal.memory("voice-prod", [seen(1).ref])).observations == ()
    assert await store.journal.failures([seen(1).ref]) == {}
    assert await store.outbox.due(NOW, 10) == []
    assert await store.journal.last_seen() == {}
    assert await store.journal.snapshot() == ""


async def test_of_many_who_record_at_once_what_they_read_one_succeeds(url: str) -> None:
    async with open_store(url) as store:
        await store.journal.record(JournalEntry(episodes=(episode("e1"),)), NOW)
        changes = [JournalEntry(episodes=(episode("e1", acked_by=f"U{n}", revision=1),)) for n in range(8)]
        outcomes = await asyncio.gather(
            *(store.journal.record(change, NOW) for change in changes), return_exceptions=True
        )
        known = await store.journal.episode("e1")

    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict] * 7
    assert known == episode("e1", acked_by=f"U{outcomes.index(None)}", revision=2)
