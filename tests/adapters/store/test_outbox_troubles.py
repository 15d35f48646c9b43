"""The contract of bot.ports.Outbox when posting fails: attempts of unknown outcome, and dead letters."""

from datetime import datetime, timedelta

import pytest

from bot.errors import NotFound
from bot.model import Address, JournalEntry, OutboxMessage
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, message, minutes

ROOT_AT = Address("C1", "1.000001")
REPLY_AT = Address("C1", "1.000002")


async def _record(store: Sides, *messages: OutboxMessage, at: float = 0) -> None:
    await store.journal.record(JournalEntry(messages=messages), NOW + minutes(at))


async def _begin(store: Sides, key: str, at: datetime) -> None:
    """As it stands."""
    queued = await store.outbox.get(key)
    assert queued is not None
    await store.outbox.begin_attempt(queued, at)


async def _due(store: Sides, at: float = 0) -> list[str]:
    return [queued.message.key for queued in await store.outbox.due(NOW + minutes(at), 100)]


async def test_a_message_found_again_that_may_say_anything_is_due_as_an_edit(store: Sides) -> None:
    await _record(store, message("a", "first"))
    await _begin(store, "a", NOW)
    await _record(store, message("a", "second"))
    await store.outbox.done("a", 0, ROOT_AT)
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.message.body, queued.revision, queued.address) == ("second", 2, ROOT_AT)


async def test_a_try_that_was_begun_is_known_until_it_is_done(store: Sides) -> None:
    await _record(store, message("a"))
    await _begin(store, "a", NOW + minutes(1))
    (begun,) = await store.outbox.due(NOW, 10)
    await store.outbox.done("a", 1, ROOT_AT)
    await _record(store, message("a", "edited"))
    (edit,) = await store.outbox.due(NOW, 10)

    assert (begun.attempted_at, begun.tries) == (NOW + minutes(1), 0)
    assert (edit.attempted_at, edit.tries) == (None, 0)


async def test_of_several_tries_without_an_outcome_the_latest_is_remembered(store: Sides) -> None:
    """Before each of them somebody has looked what became of the one before."""
    await _record(store, message("a"))
    await _begin(store, "a", NOW + minutes(1))
    await store.outbox.postpone("a", NOW + minutes(2), "no answer", 0)
    await _begin(store, "a", NOW + minutes(3))
    (queued,) = await store.outbox.due(NOW + minutes(4), 10)

    assert (queued.attempted_at, queued.tries) == (NOW + minutes(3), 0)


async def test_what_is_set_aside_is_never_due_and_lets_later_ones_pass(store: Sides) -> None:
    await _record(store, message("root"), message("bad", thread="root"), message("good", thread="root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await store.outbox.dead_letter("bad", 1, "invalid_blocks", NOW)

    assert await _due(store, at=10_000) == ["good"]
    assert await store.outbox.dead_letters(NOW) == [("bad", "invalid_blocks")]


async def test_replies_to_what_was_set_aside_are_set_aside_with_its_reason(store: Sides) -> None:
    await _record(store, message("root"), message("before", thread="root"))
    await store.outbox.dead_letter("root", 1, "is_archived", NOW)
    await _record(store, message("after", thread="root"))

    assert await _due(store) == []
    assert await store.outbox.dead_letters(NOW) == [
        ("root", "is_archived"),
        ("before", "is_archived"),
        ("after", "is_archived"),
    ]


async def test_a_message_that_stands_keeps_its_thread_though_an_edit_was_set_aside(store: Sides) -> None:
    await _record(store, message("root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await _record(store, message("root", "edited"), message("reply", thread="root"))
    await store.outbox.dead_letter("root", 2, "edit_window_closed", NOW)

    assert await _due(store) == ["reply"]
    assert await store.outbox.dead_letters(NOW) == [("root", "edit_window_closed")]


async def test_another_body_gives_what_was_set_aside_a_new_chance(store: Sides) -> None:
    await _record(store, message("root", "too long"), message("reply", thread="root"))
    await _begin(store, "root", NOW)
    await store.outbox.dead_letter("root", 1, "invalid_blocks", NOW)
    await _record(store, message("root", "shorter"))
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.message.body, queued.tries) == ("shorter", 0)
    assert await store.outbox.dead_letters(NOW) == []


@pytest.mark.parametrize("is_posted", [False, True])
async def test_another_body_does_not_inherit_the_wait_and_the_tries_of_the_one_that_was_refused(
    store: Sides, is_posted: bool
) -> None:
    await _record(store, message("a", "zeroth" if is_posted else "first"))
    if is_posted:
        await store.outbox.done("a", 1, ROOT_AT)
        await _record(store, message("a", "first"))
    await store.outbox.postpone("a", NOW + minutes(40), "a_code_of_next_year", 7)
    await _record(store, message("a", "second"))
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.message.body, queued.tries) == ("second", 0)


async def test_another_body_waits_for_what_may_be_under_way_and_for_the_edit_before(store: Sides) -> None:
    await _record(store, message("under way"), message("edited"))
    await _begin(store, "under way", NOW)
    await store.outbox.postpone("under way", NOW + minutes(1), "no answer", 2)
    await store.outbox.done("edited", 1, ROOT_AT, NOW + timedelta(seconds=3))
    for body in ("second", "third"):
        await _record(store, message("under way", body), message("edited", body))
    queued = await store.outbox.get("under way")

    assert await _due(store) == []
    assert await _due(store, at=1) == ["under way", "edited"]
    assert queued is not None
    assert queued.tries == 2


async def test_what_a_clock_ahead_has_put_off_waits_no_longer_than_anything_may(store: Sides) -> None:
    await _record(store, message("refused"), message("waits"), message("edited"))
    await store.outbox.postpone("refused", NOW + minutes(61), "a_code_of_next_year", 7)
    await store.outbox.postpone("waits", NOW + minutes(60), "a_code_of_next_year", 7)
    await store.outbox.done("edited", 1, ROOT_AT, NOW + timedelta(seconds=4))
    await _record(store, message("edited", "second"))

    assert await _due(store) == ["refused", "edited"]


async def test_how_often_a_thread_was_lost_is_counted_until_the_line_stands(store: Sides) -> None:
    await _record(store, message("root"), message("line", thread="root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await store.outbox.postpone("line", NOW + minutes(1), "a_code_of_next_year", 4)
    await store.outbox.mark_thread_missing("line", "message_not_found")
    await store.outbox.mark_thread_missing("line", "message_not_found")
    (before,) = await store.outbox.due(NOW, 10)
    await store.outbox.done("line", 1, REPLY_AT)
    after = await store.outbox.get("line")

    assert (before.message.key, before.tries, before.threads) == ("line", 4, 2)
    assert after is not None
    assert (after.tries, after.threads) == (0, 0)


async def test_lines_that_were_left_out_below_what_was_set_aside_are_not_stuck(store: Sides) -> None:
    await _record(store, message("root"), message("needless", thread="root"), message("waits", thread="root"))
    await store.outbox.discard_stale("needless", 1, "a later line tells of it")
    await store.outbox.dead_letter("root", 1, "invalid_blocks", NOW)

    assert await store.outbox.dead_letters(NOW) == [("root", "invalid_blocks"), ("waits", "invalid_blocks")]


async def test_what_was_set_aside_and_stands_after_all_is_no_longer_stuck(store: Sides) -> None:
    await _record(store, message("a"))
    await store.outbox.dead_letter("a", 1, "no_text", NOW)
    await store.outbox.done("a", 1, ROOT_AT)

    assert await store.outbox.dead_letters(NOW) == []
    assert await _due(store) == []


async def test_a_key_nobody_recorded_is_not_found(store: Sides) -> None:
    with pytest.raises(NotFound, match="ghost"):
        await store.outbox.done("ghost", 1, ROOT_AT)
    with pytest.raises(NotFound, match="ghost"):
        await store.outbox.postpone("ghost", NOW, "later", 0)

    assert await store.outbox.get("ghost") is None
