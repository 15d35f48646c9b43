"""The contract of bot.ports.Outbox when a row has changed since it was read, and for rows that wait for long."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.model import Address, Ending, JournalEntry, OutboxMessage, Queued
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, episode, message, minutes

ROOT_AT = Address("C1", "1.000001")
REPLY_AT = Address("C1", "1.000002")


async def _record(store: Sides, *messages: OutboxMessage, at: float = 0) -> None:
    await store.journal.record(JournalEntry(messages=messages), NOW + minutes(at))


async def _read(store: Sides, key: str = "a") -> Queued:
    queued = await store.outbox.get(key)
    assert queued is not None
    return queued


async def _due(store: Sides, at: float = 0) -> list[str]:
    return [queued.message.key for queued in await store.outbox.due(NOW + minutes(at), 100)]


@pytest.mark.parametrize("attempted_at", [NOW, NOW + minutes(1)], ids=["at the same time", "later"])
async def test_of_two_who_have_read_the_same_one_may_try(store: Sides, attempted_at: datetime) -> None:
    await _record(store, message("a"))
    read = await _read(store)
    begun = [await store.outbox.begin_attempt(read, attempted_at) for _ in range(2)]
    again = await _read(store)
    begun += [await store.outbox.begin_attempt(again, attempted_at) for _ in range(2)]

    assert begun == [again, None, await _read(store), None]


async def test_a_try_without_effect_leaves_nothing_to_look_for_but_what_another_one_has_begun(store: Sides) -> None:
    await _record(store, message("a"))
    first = await store.outbox.begin_attempt(await _read(store), NOW)
    second = await store.outbox.begin_attempt(await _read(store), NOW)
    await store.outbox.clear_attempt(first or await _read(store))
    between = await _read(store)
    await store.outbox.clear_attempt(between)

    assert first is not None
    assert between == second
    assert (await _read(store)).attempted_at is None


async def test_what_was_read_and_then_said_is_not_tried(store: Sides) -> None:
    await _record(store, message("a"))
    read = await _read(store)
    await store.outbox.done("a", 1, ROOT_AT)

    assert not await store.outbox.begin_attempt(read, NOW)
    assert (await _read(store)).attempted_at is None


async def test_what_was_read_and_has_another_body_is_not_tried(store: Sides) -> None:
    await _record(store, message("a"))
    read = await _read(store)
    await _record(store, message("a", "second"))

    assert not await store.outbox.begin_attempt(read, NOW)


async def test_what_was_read_and_set_aside_is_not_tried(store: Sides) -> None:
    await _record(store, message("a"))
    read = await _read(store)
    await store.outbox.dead_letter("a", 1, "invalid_blocks", NOW)

    assert not await store.outbox.begin_attempt(read, NOW)


async def test_a_body_that_came_after_the_one_that_was_refused_is_not_set_aside(store: Sides) -> None:
    await _record(store, message("a", "too long"))
    await _record(store, message("a", "shorter"))
    await store.outbox.dead_letter("a", 1, "msg_too_long", NOW)

    assert await _due(store) == ["a"]
    assert await store.outbox.dead_letters(NOW) == []


async def test_a_message_that_is_gone_is_to_be_posted_as_it_is_now_and_holds_its_thread_back(store: Sides) -> None:
    await _record(store, message("a"), message("said", thread="a"))
    await store.outbox.done("a", 1, ROOT_AT)
    await store.outbox.done("said", 1, REPLY_AT)
    await _record(store, message("new", thread="a"), at=5)
    await store.outbox.mark_deleted("a", ROOT_AT, NOW + minutes(5))
    due = await store.outbox.due(NOW + minutes(5), 10)
    await store.outbox.done("a", 1, Address("C1", "2"))

    assert due == [replace(await _read(store), address=None, created_at=NOW + minutes(5))]
    assert await _due(store, at=5) == ["new"]


async def test_a_message_that_stands_elsewhere_already_is_not_forgotten(store: Sides) -> None:
    await _record(store, message("a"))
    await store.outbox.done("a", 1, ROOT_AT)
    await store.outbox.mark_deleted("a", REPLY_AT, NOW)

    assert await _due(store) == []
    assert await store.outbox.address("a") == ROOT_AT


async def test_one_can_be_read_whether_it_waits_or_not(store: Sides) -> None:
    await _record(store, message("a"), message("reply", thread="a"))
    await store.outbox.done("a", 1, ROOT_AT)

    assert (await _read(store)).address == ROOT_AT
    assert (await _read(store, "reply")).thread == ROOT_AT
    assert await store.outbox.get("never recorded") is None


async def test_what_was_set_aside_long_ago_is_not_listed_any_more(store: Sides) -> None:
    await _record(store, message("a"), message("reply", thread="a"), at=-5)
    await store.outbox.dead_letter("a", 1, "invalid_blocks", NOW)

    assert await store.outbox.dead_letters(NOW) == [("a", "invalid_blocks"), ("reply", "invalid_blocks")]
    assert await store.outbox.dead_letters(NOW + minutes(1)) == []


async def test_what_waits_is_overdue_from_when_it_began_to_wait(store: Sides) -> None:
    await _record(store, *(message(key) for key in ("edited", "said", "aside", "old")))
    await _record(store, message("reply", thread="old"), message("to what is set aside", thread="aside"))
    for number, key in enumerate(("edited", "said")):
        await store.outbox.done(key, 1, Address("C1", f"{number}"))
    await store.outbox.dead_letter("aside", 1, "invalid_blocks", NOW)
    await store.outbox.postpone("old", NOW, "HTTP 503", 0)
    await _record(store, message("edited", "second"), message("new"), at=10)

    assert await store.outbox.overdue(NOW + minutes(10)) == [("old", "HTTP 503"), ("reply", "")]
    assert [key for key, _ in await store.outbox.overdue(NOW + minutes(11))] == ["old", "reply", "edited", "new"]


async def test_many_episodes_are_read_at_once_by_their_ids(store: Sides) -> None:
    await store.journal.record(JournalEntry(episodes=(episode("e1"), episode("e2", ending=Ending.COMPLETED))), NOW)
    found = await store.journal.episodes_by_id({"e1", "e2", *(f"x{n}" for n in range(2_000))})

    assert {name: found_episode.id for name, found_episode in found.items()} == {"e1": "e1", "e2": "e2"}
    assert await store.journal.episodes_by_id(()) == {}


async def test_a_posted_message_can_be_made_due_as_an_edit_though_its_body_is_the_same(store: Sides) -> None:
    await _record(store, message("a"))
    await store.outbox.done("a", 1, ROOT_AT)
    await store.outbox.outdate("a", REPLY_AT, NOW + minutes(5))
    assert await _due(store, at=5) == []

    await store.outbox.outdate("a", ROOT_AT, NOW + minutes(5))
    assert await store.outbox.due(NOW + minutes(5), 10) == [await _read(store)]
    assert (await _read(store)).created_at == NOW + minutes(5)


async def test_a_dead_letter_or_a_message_that_waits_anyway_is_not_made_due_again(store: Sides) -> None:
    await _record(store, message("a"), message("b"))
    await store.outbox.done("a", 1, ROOT_AT)
    await _record(store, message("a", "refused"), at=1)
    waiting = await _read(store)
    await store.outbox.outdate("a", ROOT_AT, NOW + minutes(5))
    assert await _read(store) == waiting

    await store.outbox.dead_letter("a", 2, "invalid_blocks", NOW)
    await store.outbox.outdate("a", ROOT_AT, NOW + minutes(5))
    assert await _due(store, at=5) == ["b"]
