"""The contract of bot.ports.Lease, on the fake and on the databases: one holds it, and another one only after."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.adapters.store import open_store
from bot.ports import Lease
from tests.adapters.store.conftest import Sides

LONG = timedelta(seconds=60)
SHORT = timedelta(milliseconds=300)
PATIENCE = timedelta(seconds=20)


def _now() -> datetime:
    return datetime.now(UTC)


async def _hold(lease: Lease, holder: str, span: timedelta = LONG) -> bool:
    now = _now()
    return await lease.hold(holder, now, now + span)


async def _hold_once_free(lease: Lease, holder: str) -> datetime:
    """When it was taken: not before the one who holds it had to stop."""
    deadline = _now() + PATIENCE
    while not await _hold(lease, holder):
        assert _now() < deadline
    return _now()


async def test_nobody_holds_it_before_it_is_taken(store: Sides) -> None:
    assert await store.lease.holder() == ""


async def test_the_first_one_has_it_and_others_do_not(store: Sides) -> None:
    outcomes = [await _hold(store.lease, holder) for holder in ("a", "b", "a", "c")]

    assert outcomes == [True, False, True, False]
    assert await store.lease.holder() == "a"


async def test_it_can_be_taken_once_its_time_has_passed_and_not_before(store: Sides) -> None:
    now = _now()
    await store.lease.hold("a", now, now + SHORT)
    taken_at = await _hold_once_free(store.lease, "b")

    assert taken_at >= now + SHORT
    assert not await _hold(store.lease, "a")
    assert await store.lease.holder() == "b"


async def test_a_holder_that_renews_it_in_time_keeps_it(store: Sides) -> None:
    await _hold(store.lease, "a", SHORT)
    await _hold(store.lease, "a", LONG)
    await asyncio.sleep(2 * SHORT.total_seconds())

    assert not await _hold(store.lease, "b")


async def test_what_is_given_back_is_free_at_once(store: Sides) -> None:
    await _hold(store.lease, "a")
    await store.lease.give_back("a")

    assert await store.lease.holder() == ""
    assert await _hold(store.lease, "b")


async def test_nobody_gives_back_what_another_one_holds(store: Sides) -> None:
    await _hold(store.lease, "a")
    await store.lease.give_back("b")

    assert await store.lease.holder() == "a"
    assert not await _hold(store.lease, "b")


async def test_it_outlives_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await _hold(store.lease, "a")
    async with open_store(url) as store:
        others, own = await _hold(store.lease, "b"), await _hold(store.lease, "a")

    assert (others, own) == (False, True)


@pytest.mark.parametrize("ahead", [timedelta(seconds=40), timedelta(seconds=-40)])
async def test_a_server_measures_time_for_bots_whose_clocks_differ(server_url: str, ahead: timedelta) -> None:
    async with open_store(server_url) as store:
        elsewhere = _now() + ahead
        first = await _hold(store.lease, "a", timedelta(seconds=30))
        second = await store.lease.hold("b", elsewhere, elsewhere + LONG)
        await store.lease.give_back("a")
        await store.lease.hold("b", elsewhere, elsewhere + SHORT)
        await _hold_once_free(store.lease, "a")

    assert (first, second) == (True, False)


async def test_of_many_bots_that_want_it_at_once_one_gets_it(url: str) -> None:
    async with open_store(url) as one, open_store(url) as two, open_store(url) as three:
        names = [f"{n}" for n in range(12)]
        leases = (one.lease, two.lease, three.lease)
        outcomes = await asyncio.gather(*(_hold(leases[n % 3], name) for n, name in enumerate(names)))
        holder = await one.lease.holder()

    assert [name for name, held in zip(names, outcomes, strict=True) if held] == [holder]


async def test_never_do_two_bots_believe_that_they_hold_it(url: str) -> None:
    """Each believes so from when it is told until the end of the span that it asked for, by its own clock."""
    spans: list[tuple[datetime, datetime, str]] = []

    async def compete(name: str) -> None:
        async with open_store(url) as store:
            end = _now() + timedelta(seconds=2)
            while (now := _now()) < end:
                if await store.lease.hold(name, now, now + timedelta(milliseconds=40)):
                    spans.append((_now(), now + timedelta(milliseconds=40), name))
                    # As one that was killed: it lets the rest of its time pass, and another one takes over.
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.002)

    await asyncio.gather(*(compete(name) for name in ("a", "b", "c")))
    spans.sort()
    overlaps = [
        (before, after) for before, after in pairwise(spans) if after[0] < before[1] and before[2] != after[2]
    ]

    assert overlaps == []
    assert len({name for _, _, name in spans}) > 1
