"""The contract of bot.ports.Deliveries, on the fake and on the databases: each delivery is taken once."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.adapters.store import open_store
from bot.adapters.store.tables import deliveries
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, minutes
from tests.adapters.store.raw import sql


async def test_only_the_first_time_is_the_first(store: Sides) -> None:
    firsts = [await store.deliveries.first_time(delivery, NOW) for delivery in ("a", "b", "a", "b", "a", "ø")]

    assert firsts == [True, True, False, False, False, True]


async def test_a_file_forgets_a_delivery_after_ten_minutes_and_not_before(file_url: str) -> None:
    async with open_store(file_url) as store:
        times = (minutes(0), minutes(10) - timedelta(seconds=1), minutes(10), minutes(11))
        firsts = [await store.deliveries.first_time("a", NOW + after) for after in times]

    assert firsts == [True, False, True, False]


async def test_a_server_forgets_a_delivery_after_ten_minutes_and_not_before(server_url: str) -> None:
    async with open_store(server_url) as store:
        await store.deliveries.first_time("a", NOW)
        await _move_back(server_url, minutes(10) - timedelta(seconds=20))
        before = await store.deliveries.first_time("a", NOW)
        await _move_back(server_url, timedelta(seconds=20))
        after = await store.deliveries.first_time("a", NOW)

    assert (before, after) == (False, True)


async def test_what_may_not_come_again_is_not_kept(url: str) -> None:
    async with open_store(url) as store:
        for delivery in ("a", "b"):
            await store.deliveries.first_time(delivery, datetime.now(UTC))
        await _move_back(url, minutes(11))
        await store.deliveries.first_time("c", datetime.now(UTC))

    assert await sql(url, "SELECT id FROM deliveries") == [("c",)]


async def test_of_many_bots_that_get_the_same_delivery_at_once_one_takes_it(url: str) -> None:
    async with open_store(url) as first_store, open_store(url) as second_store, open_store(url) as third_store:
        bots = (first_store, second_store, third_store) * 4
        names = [f"delivery {n}" for n in range(5)]
        firsts = [asyncio.gather(*(bot.deliveries.first_time(name, NOW) for bot in bots)) for name in names]
        taken = [sum(outcomes) for outcomes in await asyncio.gather(*firsts)]

    assert taken == [1] * len(names)


async def _move_back(url: str, span: timedelta) -> None:
    """As if every delivery had been seen that much earlier."""
    ((seen_at,), *_) = await sql(url, deliveries.select().with_only_columns(deliveries.c.seen_at))
    await sql(url, deliveries.update().values(seen_at=seen_at - span))
