"""The contract of bot.ports.Outbox when saying something fails: tries without an outcome, and what is set aside."""

from datetime import datetime

import pytest

from bot.errors import NotFound
from bot.model import Address, Entry, Speech
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, minutes, speech

ROOT_AT = Address("C1", "1.000001")
REPLY_AT = Address("C1", "1.000002")


async def _record(store: Sides, *speeches: Speech, at: float = 0) -> None:
    await store.journal.record(Entry(speeches=speeches), NOW + minutes(at))


async def _begin(store: Sides, key: str, at: datetime) -> None:
    """As it stands."""
    queued = await store.outbox.get(key)
    assert queued is not None
    await store.outbox.begin(queued, at)


async def _due(store: Sides, at: float = 0) -> list[str]:
    return [queued.speech.key for queued in await store.outbox.due(NOW + minutes(at), 100)]


async def test_a_message_found_again_that_may_say_anything_is_due_as_an_edit(store: Sides) -> None:
    await _record(store, speech("a", "first"))
    await _begin(store, "a", NOW)
    await _record(store, speech("a", "second"))
    await store.outbox.done("a", 0, ROOT_AT)
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.speech.body, queued.revision, queued.address) == ("second", 2, ROOT_AT)


async def test_a_try_that_was_begun_is_known_until_it_is_done(store: Sides) -> None:
    await _record(store, speech("a"))
    await _begin(store, "a", NOW + minutes(1))
    (begun,) = await store.outbox.due(NOW, 10)
    await store.outbox.done("a", 1, ROOT_AT)
    await _record(store, speech("a", "edited"))
    (edit,) = await store.outbox.due(NOW, 10)

    assert (begun.attempted_at, begun.tries) == (NOW + minutes(1), 0)
    assert (edit.attempted_at, edit.tries) == (None, 0)


async def test_of_several_tries_without_an_outcome_the_latest_is_remembered(store: Sides) -> None:
    """Before each of them somebody has looked what became of the one before."""
    await _record(store, speech("a"))
    await _begin(store, "a", NOW + minutes(1))
    await store.outbox.postpone("a", NOW + minutes(2), "no answer", 0)
    await _begin(store, "a", NOW + minutes(3))
    (queued,) = await store.outbox.due(NOW + minutes(4), 10)

    assert (queued.attempted_at, queued.tries) == (NOW + minutes(3), 0)


async def test_what_is_set_aside_is_never_due_and_lets_later_ones_pass(store: Sides) -> None:
    await _record(store, speech("root"), speech("bad", thread="root"), speech("good", thread="root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await store.outbox.set_aside("bad", 1, "invalid_blocks", NOW)

    assert await _due(store, at=10_000) == ["good"]
    assert await store.outbox.stuck(NOW) == [("bad", "invalid_blocks")]


async def test_replies_to_what_was_set_aside_are_set_aside_with_its_reason(store: Sides) -> None:
    await _record(store, speech("root"), speech("before", thread="root"))
    await store.outbox.set_aside("root", 1, "is_archived", NOW)
    await _record(store, speech("after", thread="root"))

    assert await _due(store) == []
    assert await store.outbox.stuck(NOW) == [
        ("root", "is_archived"),
        ("before", "is_archived"),
        ("after", "is_archived"),
    ]


async def test_a_message_that_stands_keeps_its_thread_though_an_edit_was_set_aside(store: Sides) -> None:
    await _record(store, speech("root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await _record(store, speech("root", "edited"), speech("reply", thread="root"))
    await store.outbox.set_aside("root", 2, "edit_window_closed", NOW)

    assert await _due(store) == ["reply"]
    assert await store.outbox.stuck(NOW) == [("root", "edit_window_closed")]


async def test_another_body_gives_what_was_set_aside_a_new_chance(store: Sides) -> None:
    await _record(store, speech("root", "too long"), speech("reply", thread="root"))
    await _begin(store, "root", NOW)
    await store.outbox.set_aside("root", 1, "invalid_blocks", NOW)
    await _record(store, speech("root", "shorter"))
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.speech.body, queued.tries) == ("shorter", 0)
    assert await store.outbox.stuck(NOW) == []


async def test_what_was_set_aside_and_stands_after_all_is_no_longer_stuck(store: Sides) -> None:
    await _record(store, speech("a"))
    await store.outbox.set_aside("a", 1, "no_text", NOW)
    await store.outbox.done("a", 1, ROOT_AT)

    assert await store.outbox.stuck(NOW) == []
    assert await _due(store) == []


async def test_a_key_nobody_recorded_is_not_found(store: Sides) -> None:
    with pytest.raises(NotFound, match="ghost"):
        await store.outbox.done("ghost", 1, ROOT_AT)
    with pytest.raises(NotFound, match="ghost"):
        await store.outbox.postpone("ghost", NOW, "later", 0)

    assert await store.outbox.get("ghost") is None
