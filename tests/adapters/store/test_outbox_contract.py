"""The contract of bot.ports.Outbox, on the fake and on the database: what is due, and when."""

from bot.model import MIN_EDIT_INTERVAL, Address, JournalEntry, OutboxMessage
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, message, minutes

ROOT_AT = Address("C1", "1.000001")
REPLY_AT = Address("C1", "1.000002")


async def _record(store: Sides, *messages: OutboxMessage, at: float = 0) -> None:
    await store.journal.record(JournalEntry(messages=messages), NOW + minutes(at))


async def _due(store: Sides, at: float = 0) -> list[str]:
    return [queued.message.key for queued in await store.outbox.due(NOW + minutes(at), 100)]


async def test_what_is_recorded_is_due_as_it_was_recorded(store: Sides) -> None:
    recorded = OutboxMessage("a", '{"kind":"line"}', broadcast=True)

    await _record(store, recorded)
    (queued,) = await store.outbox.due(NOW, 10)

    assert queued.message == recorded
    assert queued.revision == 1
    assert queued.created_at == NOW
    assert (queued.address, queued.thread, queued.attempted_at, queued.tries) == (None, None, None, 0)


async def test_a_message_keeps_its_destination_and_may_get_another_until_it_is_posted(store: Sides) -> None:
    await _record(store, OutboxMessage("a", "one", destination="C2"))
    await _record(store, OutboxMessage("a", "two"))
    await store.outbox.postpone("a", NOW + minutes(5), "not in the channel", 0)
    kept = await store.outbox.get("a")
    await store.outbox.redirect("a", "")
    (redirected,) = await store.outbox.due(NOW, 10)
    await store.outbox.done("a", 2, ROOT_AT)
    await store.outbox.redirect("a", "C3")
    posted = await store.outbox.get("a")

    assert kept
    assert kept.message.destination == "C2"
    assert redirected.message == OutboxMessage("a", "two")
    assert posted
    assert posted.message.destination == ""


async def test_speeches_are_due_in_the_order_recorded(store: Sides) -> None:
    await _record(store, message("b"), message("a"))
    await _record(store, message("c"), at=-5)

    assert await _due(store) == ["b", "a", "c"]


async def test_a_limit_takes_the_first_ones(store: Sides) -> None:
    await _record(store, message("a"), message("b"), message("c"))

    assert [queued.message.key for queued in await store.outbox.due(NOW, 2)] == ["a", "b"]


async def test_the_same_speech_recorded_again_is_said_once(store: Sides) -> None:
    await _record(store, message("a"))
    await store.outbox.done("a", 1, ROOT_AT)
    await _record(store, message("a"))

    assert await _due(store) == []


async def test_a_reply_is_due_only_once_its_thread_stands(store: Sides) -> None:
    await _record(store, message("reply", thread="root"), message("root"))
    before = await _due(store)
    await store.outbox.done("root", 1, ROOT_AT)
    (after,) = await store.outbox.due(NOW, 10)

    assert before == ["root"]
    assert (after.message.key, after.thread) == ("reply", ROOT_AT)


async def test_a_reply_to_nothing_waits(store: Sides) -> None:
    await _record(store, message("reply", thread="never recorded"))

    assert await _due(store) == []


async def test_replies_of_a_thread_are_due_one_after_the_other(store: Sides) -> None:
    await _record(store, message("root"), message("first", thread="root"), message("second", thread="root"))
    await store.outbox.done("root", 1, ROOT_AT)
    before = await _due(store)
    await store.outbox.done("first", 1, REPLY_AT)

    assert before == ["first"]
    assert await _due(store) == ["second"]


async def test_a_postponed_reply_holds_back_its_own_thread_only(store: Sides) -> None:
    await _record(store, message("one"), message("two"))
    await _record(store, message("1a", thread="one"), message("1b", thread="one"), message("2a", thread="two"))
    await store.outbox.done("one", 1, ROOT_AT)
    await store.outbox.done("two", 1, Address("C1", "2"))
    await store.outbox.postpone("1a", NOW + minutes(5), "rate limited", 0)

    assert await _due(store) == ["2a"]
    assert await _due(store, at=5) == ["1a", "2a"]


async def test_a_postponed_root_holds_back_nothing_but_its_thread(store: Sides) -> None:
    await _record(store, message("one"), message("1a", thread="one"), message("two"))
    await store.outbox.postpone("one", NOW + minutes(5), "no answer", 0)

    assert await _due(store) == ["two"]
    assert await _due(store, at=5) == ["one", "two"]


async def test_another_body_of_what_was_said_is_due_as_an_edit(store: Sides) -> None:
    await _record(store, message("a", "first"))
    await store.outbox.done("a", 1, ROOT_AT)
    await _record(store, message("a", "second"))
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.message.body, queued.revision, queued.address) == ("second", 2, ROOT_AT)


async def test_another_body_of_what_waits_is_said_in_its_place(store: Sides) -> None:
    await _record(store, message("a", "first"), message("b"))
    await _record(store, message("a", "second"))
    queued, _ = await store.outbox.due(NOW, 10)

    assert (queued.message.key, queued.message.body, queued.address) == ("a", "second", None)


async def test_a_body_recorded_while_an_earlier_one_was_sent_is_still_due(store: Sides) -> None:
    await _record(store, message("a", "first"))
    (begun,) = await store.outbox.due(NOW, 10)
    await store.outbox.begin_attempt(begun, NOW)
    await _record(store, message("a", "second"))
    await store.outbox.done("a", 1, ROOT_AT)
    (queued,) = await store.outbox.due(NOW, 10)

    assert (queued.message.body, queued.revision, queued.address) == ("second", 2, ROOT_AT)


async def test_going_back_to_an_earlier_body_is_an_edit_too(store: Sides) -> None:
    await _record(store, message("a", "first"))
    await store.outbox.done("a", 1, ROOT_AT)
    await _record(store, message("a", "second"))
    await store.outbox.done("a", 2, ROOT_AT)
    await _record(store, message("a", "first"))

    assert await _due(store) == ["a"]


async def test_edits_wait_behind_what_was_recorded_before_them(store: Sides) -> None:
    await _record(store, message("old"))
    await store.outbox.done("old", 1, ROOT_AT)
    await _record(store, message("new"))
    await _record(store, message("old", "second"))
    await _record(store, message("old", "third"))
    await _record(store, message("newest"))

    assert await _due(store) == ["new", "old", "newest"]


async def test_an_edit_that_waits_holds_back_no_reply(store: Sides) -> None:
    await _record(store, message("root"), message("first", thread="root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await store.outbox.done("first", 1, REPLY_AT)
    await _record(store, message("root", "edited"), message("first", "edited", thread="root"))
    await store.outbox.postpone("root", NOW + minutes(5), "rate limited", 0)
    await store.outbox.postpone("first", NOW + minutes(5), "rate limited", 0)
    await _record(store, message("second", thread="root"))

    assert await _due(store) == ["second"]


async def test_what_is_left_out_is_not_due_and_holds_up_nothing_behind_it(store: Sides) -> None:
    await _record(store, message("root"), message("old", thread="root"), message("new", thread="root"))
    await store.outbox.done("root", 1, ROOT_AT)
    await store.outbox.discard_stale("old", 1, "overtaken")

    assert await _due(store) == ["new"]
    assert await store.outbox.dead_letters(NOW) == []
    assert await store.outbox.address("old") is None


async def test_another_body_of_what_was_left_out_is_to_be_posted(store: Sides) -> None:
    await _record(store, message("a"))
    await store.outbox.discard_stale("a", 1, "overtaken")
    await _record(store, message("a", "second"), at=1)
    (queued,) = await store.outbox.due(NOW + minutes(1), 10)

    assert (queued.message.body, queued.address) == ("second", None)


async def test_a_body_recorded_before_an_earlier_one_is_left_out_is_still_due(store: Sides) -> None:
    await _record(store, message("a"))
    await _record(store, message("a", "second"))
    await store.outbox.discard_stale("a", 1, "overtaken")

    assert await _due(store) == ["a"]
    assert await store.outbox.overdue(NOW + minutes(1)) == [("a", "")]


async def test_unsaid_is_whatever_is_to_be_posted_and_was_not_whether_due_or_not(store: Sides) -> None:
    keys = ("said", "aside", "out", "later", "root")
    await _record(store, *(message(key) for key in keys), message("reply", thread="root"))
    await store.outbox.done("said", 1, ROOT_AT)
    await _record(store, message("said", "second"))
    await store.outbox.dead_letter("aside", 1, "invalid_blocks", NOW)
    await store.outbox.discard_stale("out", 1, "overtaken")
    await store.outbox.postpone("later", NOW + minutes(5), "no answer", 0)

    assert [queued.message.key for queued in await store.outbox.undelivered()] == ["later", "root", "reply"]


async def test_an_address_is_known_once_the_message_stands(store: Sides) -> None:
    await _record(store, message("a"))
    before = await store.outbox.address("a")
    await store.outbox.done("a", 1, ROOT_AT)

    assert before is None
    assert await store.outbox.address("a") == ROOT_AT
    assert await store.outbox.address("never recorded") is None


async def test_edits_of_what_was_just_said_wait_and_are_then_one_edit_of_the_latest_body(store: Sides) -> None:
    await _record(store, message("a"), message("reply", thread="a"))
    await store.outbox.done("a", 1, ROOT_AT, NOW + MIN_EDIT_INTERVAL)
    await _record(store, message("a", "second"))
    at_once = await _due(store)
    await _record(store, message("a", "third"))
    due = await store.outbox.due(NOW + MIN_EDIT_INTERVAL, 10)

    assert at_once == ["reply"]
    assert [(queued.message.key, queued.message.body) for queued in due] == [("reply", "first"), ("a", "third")]


async def test_what_stands_is_found_by_how_its_key_begins(store: Sides) -> None:
    card, line = (
        OutboxMessage("sequence:a_b", '{"kind":"sequence"}'),
        OutboxMessage("sequence:a_b:1", '{"kind":"sequence end"}'),
    )
    await _record(
        store, card, line, OutboxMessage("sequence:aXb", card.body), OutboxMessage("sequence:unsaid", card.body)
    )
    for number, key in enumerate((card.key, line.key, "sequence:aXb")):
        await store.outbox.done(key, 1, Address("C1", f"1.{number:06}"))

    async def found(prefix: str, kind: str = "") -> list[str]:
        return sorted(queued.message.key for queued in await store.outbox.posted(prefix, kind))

    assert await found("sequence:a_b") == [card.key, line.key]
    assert await found("sequence:", "sequence") == ["sequence:aXb", card.key]
    assert await store.outbox.posted("sequence:", since=NOW + minutes(1)) == []
    assert len(await store.outbox.posted("sequence:", since=NOW)) == 3


async def test_a_posted_message_is_found_by_its_address(store: Sides) -> None:
    await _record(store, message("a"), message("b"))
    await store.outbox.done("a", 1, ROOT_AT)
    found = await store.outbox.posted_at(ROOT_AT)

    assert found
    assert (found.message.key, found.address) == ("a", ROOT_AT)
    assert await store.outbox.posted_at(REPLY_AT) is None
    assert await store.outbox.posted_at(Address("C2", ROOT_AT.ts)) is None
