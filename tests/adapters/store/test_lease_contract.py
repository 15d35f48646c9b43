"""The contract of bot.ports.Lease, on the fake and on the databases: one holds it, and another one only after."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.adapters.store import open_store
from bot.adapters.store.tables import leases
from bot.errors import Refused
from bot.ports import Lease
from tests.adapters.store.conftest import Sides
from tests.adapters.store.raw import sql

LONG = timedelta(seconds=60)
SHORT = timedelta(milliseconds=300)
PATIENCE = timedelta(seconds=20)


def _now() -> datetime:
    return datetime.now(UTC)


async def _hold(lease: Lease, holder: str, span: timedelta = LONG) -> bool:
    now = _now()
    return await lease.hold(holder, now, now + span)


async def _hold_once_free(lease: Lease, holder: str, span: timedelta = LONG) -> datetime:
    """When it was taken: not before the one who holds it had to stop."""
    deadline = _now() + PATIENCE
    while not await _hold(lease, holder, span):
        assert _now() < deadline
        await asyncio.sleep(0.02)
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


async def test_one_that_was_taken_by_a_clock_hours_ahead_is_free_when_its_holder_has_not_asked_again(
    store: Sides,
) -> None:
    ahead = _now() + timedelta(hours=2)
    await store.lease.hold("killed", ahead, ahead + SHORT)
    await _hold_once_free(store.lease, "b", SHORT)

    assert await store.lease.holder() == "b"


async def test_one_that_its_holder_renews_is_kept_however_far_ahead_its_clock_is(store: Sides) -> None:
    span = timedelta(seconds=5)
    refused = []
    # Longer than a lease that nobody renews is respected: its span and the two seconds beyond it.
    until = time.monotonic() + 8
    while time.monotonic() < until:
        ahead = _now() + timedelta(hours=2)
        await store.lease.hold("alive", ahead, ahead + span)
        refused.append(not await _hold(store.lease, "b", span))
        await asyncio.sleep(0.5)

    assert refused
    assert all(refused)


async def test_a_lease_left_by_a_clock_that_was_ahead_is_told_in_the_log_and_by_the_check(url: str) -> None:
    async with open_store(url) as store:
        await _hold(store.lease, "killed")
    later = leases.update().values(until=_now() + timedelta(hours=2))
    await sql(url, later)
    with capture_logs() as lines:
        async with open_store(url) as store:
            with pytest.raises(Refused, match=r"killed has the lead until .*, 1 h 59 m from now"):
                await store.lease.check_clock(_now)
            await _hold(store.lease, "b", SHORT)
            await _hold_once_free(store.lease, "b", SHORT)
            await _hold(store.lease, "b")
            await sql(url, leases.update().values(until=_now() + SHORT))
            report = await store.lease.check_clock(_now)

    events = [line["event"] for line in lines if line["log_level"] == "warning"]
    assert events == [
        "lead held for longer than any bot can ask: a clock was set",
        "lead taken from a bot that is gone, whose clock was ahead",
    ]
    assert report == "within 30 s of the store's"


async def test_a_leader_whose_clock_is_ahead_is_told_once_while_it_leads(file_url: str) -> None:
    with capture_logs() as lines:
        async with open_store(file_url) as ours, open_store(file_url) as theirs:
            for _ in range(3):
                ahead = _now() + timedelta(hours=2)
                await theirs.lease.hold("ahead", ahead, ahead + LONG)
                await _hold(ours.lease, "b")

    assert [line["event"] for line in lines] == ["lead held for longer than any bot can ask: a clock was set"]


async def test_a_machine_whose_clock_differs_from_the_server_s_is_told_once(server_url: str) -> None:
    with capture_logs() as lines:
        async with open_store(server_url) as store:
            for _ in range(3):
                now = _now() + timedelta(hours=2)
                await store.lease.hold("a", now, now + LONG)
            with pytest.raises(Refused, match="this machine's clock is 7200 s ahead of the store's"):
                await store.lease.check_clock(lambda: _now() + timedelta(hours=2))

    assert [line["ahead_by_s"] for line in lines if "differs" in line["event"]] == [7200]


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
    async with open_store(url) as first_store, open_store(url) as second_store, open_store(url) as third_store:
        names = [f"{n}" for n in range(12)]
        leases = (first_store.lease, second_store.lease, third_store.lease)
        outcomes = await asyncio.gather(*(_hold(leases[n % 3], name) for n, name in enumerate(names)))
        holder = await first_store.lease.holder()

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
