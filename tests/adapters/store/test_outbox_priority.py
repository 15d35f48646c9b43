"""The contract of bot.ports.Outbox about what is due first, on the fake and on the database."""

from bot.model import Address, JournalEntry, OutboxMessage
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW

ROOT_AT = Address("C1", "1.000001")


def of_kind(kind: str, key: str, thread: str = "", *, broadcast: bool = False, body: str = "") -> OutboxMessage:
    return OutboxMessage(key, f'{{"text":"{body or key}","kind":"{kind}"}}', thread, broadcast)


async def _record(store: Sides, *messages: OutboxMessage) -> None:
    await store.journal.record(JournalEntry(messages=messages), NOW)


async def _due(store: Sides, limit: int = 100) -> list[str]:
    return [queued.message.key for queued in await store.outbox.due(NOW, limit)]


async def test_alerts_are_due_before_digests_and_digests_before_all_others(store: Sides) -> None:
    await _record(
        store,
        of_kind("sequence", "sequence"),
        of_kind("digest", "digest"),
        of_kind("storm", "storm"),
        of_kind("terminated", "line"),
        of_kind("episode", "alert"),
    )

    assert await _due(store) == ["storm", "alert", "digest", "sequence", "line"]


async def test_a_line_that_asks_a_person_to_act_is_due_with_the_alerts(store: Sides) -> None:
    await _record(store, of_kind("sequence", "one"), of_kind("sequence", "two"))
    await store.outbox.done("one", 1, ROOT_AT)
    await store.outbox.done("two", 1, Address("C1", "2.000001"))
    await _record(store, of_kind("sequence window", "1a", "one"), of_kind("digest", "digest"))
    await _record(store, of_kind("sequence still open", "2a", "two", broadcast=True))

    assert await _due(store) == ["2a", "digest", "1a"]


async def test_an_alert_in_a_thread_takes_the_lines_before_it_along_and_their_order_stays(store: Sides) -> None:
    await _record(store, of_kind("sequence", "other"), of_kind("sequence", "root"))
    await _record(store, of_kind("line", "first", "root"), of_kind("episode", "alert", "root"))
    await _record(store, of_kind("line", "last", "root"))
    unposted = await _due(store)
    await store.outbox.done("root", 1, ROOT_AT)
    with_root = await _due(store)
    await store.outbox.done("first", 1, Address("C1", "2.000001"))
    with_first = await _due(store)
    await store.outbox.done("alert", 1, Address("C1", "3.000001"))

    assert unposted == ["root", "other"]
    assert with_root == ["first", "other"]
    assert with_first == ["alert", "other"]
    assert await _due(store) == ["other", "last"]


async def test_a_message_that_an_alert_does_not_wait_for_is_not_taken_along(store: Sides) -> None:
    await _record(store, of_kind("sequence", "old"), of_kind("sequence", "root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await _record(store, of_kind("episode", "alert", "root"), of_kind("sequence", "root", body="changed"))

    assert await _due(store) == ["alert", "old", "root"]


async def test_a_dead_letter_takes_nothing_along(store: Sides) -> None:
    await _record(store, of_kind("sequence", "old"), of_kind("sequence", "root"), of_kind("episode", "alert", "root"))
    await store.outbox.dead_letter("alert", 1, "refused", NOW)

    assert await _due(store) == ["old", "root"]


async def test_a_limit_takes_the_most_urgent_ones(store: Sides) -> None:
    await _record(store, of_kind("line", "a"), of_kind("digest", "b"), of_kind("episode", "c"))

    assert await _due(store, limit=2) == ["c", "b"]


async def test_edits_take_no_place_of_posts(store: Sides) -> None:
    for key in ("a", "b", "c"):
        await _record(store, of_kind("episode", key))
        await store.outbox.done(key, 1, Address("C1", key))
        await _record(store, of_kind("episode", key, body="changed"))
    await _record(store, of_kind("line", "d"), of_kind("line", "e"), of_kind("line", "f"))

    assert await _due(store, limit=2) == ["a", "b", "d", "e"]
