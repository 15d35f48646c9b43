"""The contract of bot.ports.Outbox for messages to webhooks, on the fake and on the database."""

from datetime import UTC, datetime

from bot.fleet.notifications.pages import Page, dump_page
from bot.model import WEBHOOK, Address, AlertReason, JournalEntry, OutboxMessage, PageAction
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, message, minutes

NIGHT = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
SENT = Address(f"{WEBHOOK}pagerduty", "page:1")


def page(key: str, action: PageAction = PageAction.TRIGGER) -> OutboxMessage:
    of = Page("pagerduty", "voice-prod", ("hilton",), NIGHT, AlertReason.HEARTBEAT_TIMEOUT, "", "episode:1", action)
    return OutboxMessage(key, dump_page(of), destination=SENT.channel)


async def _record(store: Sides, *messages: OutboxMessage) -> None:
    await store.journal.record(JournalEntry(messages=messages), NOW)


async def test_messages_for_slack_and_for_webhooks_are_listed_apart(store: Sides) -> None:
    await _record(store, message("a"), page("page:1"), page("page:2"))

    assert [row.message.key for row in await store.outbox.due(NOW, 10)] == ["a"]
    assert [row.message.key for row in await store.outbox.undelivered()] == ["a"]
    assert [row.message.key for row in await store.outbox.due_pages(NOW, 10)] == ["page:1", "page:2"]
    assert [row.message.key for row in await store.outbox.due_pages(NOW, 1)] == ["page:1"]


async def test_a_page_is_due_again_when_its_action_changes(store: Sides) -> None:
    await _record(store, page("page:1"))
    await store.outbox.done("page:1", 1, SENT)
    before = await store.outbox.due_pages(NOW, 10)
    await _record(store, page("page:1", PageAction.ACKNOWLEDGE))
    (after,) = await store.outbox.due_pages(NOW, 10)

    assert before == []
    assert (after.message.body, after.address) == (page("page:1", PageAction.ACKNOWLEDGE).body, SENT)


async def test_a_postponed_page_waits(store: Sides) -> None:
    await _record(store, page("page:1"))
    await store.outbox.postpone("page:1", NOW + minutes(5), "HTTP status 503", 1)

    assert await store.outbox.due_pages(NOW + minutes(4), 10) == []
    assert len(await store.outbox.due_pages(NOW + minutes(5), 10)) == 1


async def test_pages_are_open_until_they_are_resolved_or_refused(store: Sides) -> None:
    await _record(store, page("page:1"), page("page:2"), page("page:3"), message("a"))
    await store.outbox.done("page:1", 1, SENT)
    await store.outbox.dead_letter("page:2", 1, "HTTP status 400", NOW)
    await _record(store, page("page:3", PageAction.RESOLVE))

    assert [row.message.key for row in await store.outbox.open_pages()] == ["page:1"]
