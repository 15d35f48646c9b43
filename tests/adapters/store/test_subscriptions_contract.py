"""The contract of bot.ports.Subscriptions, on the fake and on the databases: who is to be told, and who was."""

from dataclasses import replace

from bot.adapters.store import open_store
from bot.model import Subscription
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, minutes

NOOR = Subscription("voice-prod", "hilton", "U0NOOR", NOW)
OLIVIA = Subscription("voice-prod", "hilton", "U0OLIVIA", NOW + minutes(1))
CHANNEL = Subscription("voice-prod", "", "", NOW + minutes(2), campaign="2026-01-01..2026-02-21")


async def test_subscriptions_wait_until_they_are_told_the_oldest_first(store: Sides) -> None:
    for each in (CHANNEL, OLIVIA, NOOR):
        await store.subscriptions.add(each)
    before = await store.subscriptions.waiting()
    await store.subscriptions.mark_notified(OLIVIA, NOW + minutes(5))

    assert before == [NOOR, OLIVIA, CHANNEL]
    assert await store.subscriptions.waiting() == [NOOR, CHANNEL]
    assert await store.subscriptions.of("U0OLIVIA") == [replace(OLIVIA, told_at=NOW + minutes(5))]
    assert await store.subscriptions.of("") == [CHANNEL]


async def test_asking_twice_is_one_subscription_since_the_first_time(store: Sides) -> None:
    await store.subscriptions.add(NOOR)
    await store.subscriptions.add(replace(NOOR, since=NOW + minutes(3)))

    assert await store.subscriptions.waiting() == [NOOR]


async def test_whoever_was_told_may_ask_again(store: Sides) -> None:
    again = replace(NOOR, since=NOW + minutes(3))
    await store.subscriptions.add(NOOR)
    await store.subscriptions.mark_notified(NOOR, NOW + minutes(1))
    await store.subscriptions.add(again)

    assert await store.subscriptions.waiting() == [again]


async def test_a_subscription_that_is_removed_leaves_the_others(store: Sides) -> None:
    for each in (NOOR, OLIVIA):
        await store.subscriptions.add(each)
    await store.subscriptions.remove(NOOR)
    await store.subscriptions.remove(NOOR)

    assert await store.subscriptions.waiting() == [OLIVIA]


async def test_a_restart_forgets_no_subscription(url: str) -> None:
    async with open_store(url) as first:
        await first.subscriptions.add(CHANNEL)
    async with open_store(url) as second:
        waiting = await second.subscriptions.waiting()

    assert waiting == [CHANNEL]
