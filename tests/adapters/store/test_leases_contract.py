"""The contract of bot.ports.Leases, on the fake and on the databases: one bot holds a lease, and another one only
after."""

import asyncio
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.adapters.store import open_store
from bot.adapters.store.tables import leases
from bot.errors import Refused
from bot.model import FLEET_LEASE, LeaseHolders, bot_lease, cluster_lease
from bot.ports import Leases
from tests.adapters.store.conftest import Sides
from tests.adapters.store.raw import sql

LONG = timedelta(seconds=60)
SHORT = timedelta(milliseconds=300)
PATIENCE = timedelta(seconds=20)
EAST, WEST = cluster_lease("east"), cluster_lease("west")


def _now() -> datetime:
    return datetime.now(UTC)


async def _hold_all(leases: Leases, holder: str, names: Collection[str], span: timedelta = LONG) -> set[str]:
    """Those of ``names`` that ``holder`` has then."""
    now = _now()
    return {*names} & (await leases.hold(holder, names, now, now + span)).of(holder)


async def _hold(leases: Leases, holder: str, span: timedelta = LONG) -> bool:
    return await _hold_all(leases, holder, [EAST], span) == {EAST}


async def _hold_once_free(leases: Leases, holder: str, span: timedelta = LONG) -> datetime:
    """When it was taken: not before the one who holds it had to stop."""
    deadline = _now() + PATIENCE
    while not await _hold(leases, holder, span):
        assert _now() < deadline
        await asyncio.sleep(0.02)
    return _now()


async def _holder(leases: Leases) -> str:
    return (await leases.holders(_now())).watchers.get("east", "")


async def test_nobody_holds_one_before_it_is_taken(store: Sides) -> None:
    assert await store.leases.holders(_now()) == LeaseHolders()


async def test_the_first_one_has_it_and_others_do_not(store: Sides) -> None:
    outcomes = [await _hold(store.leases, holder) for holder in ("a", "b", "a", "c")]

    assert outcomes == [True, False, True, False]
    assert await _holder(store.leases) == "a"


async def test_of_several_a_bot_gets_those_that_nobody_else_has(store: Sides) -> None:
    await _hold_all(store.leases, "a", [EAST])
    await _hold_all(store.leases, "b", [EAST, WEST, FLEET_LEASE, bot_lease("group", "b")])
    held = await store.leases.holders(_now())

    assert held.watchers == {"east": "a", "west": "b"}
    assert (held.leader, held.bots("other")) == ("b", frozenset())
    assert held.bots() == held.bots("group") == {"b"}
    assert held == await store.leases.hold("b", [WEST], _now(), _now() + LONG)


async def test_it_can_be_taken_once_its_time_has_passed_and_not_before(store: Sides) -> None:
    now = _now()
    await store.leases.hold("a", [EAST], now, now + SHORT)
    taken_at = await _hold_once_free(store.leases, "b")

    assert taken_at >= now + SHORT
    assert not await _hold(store.leases, "a")
    assert await _holder(store.leases) == "b"


async def test_what_has_run_out_is_held_by_nobody(store: Sides) -> None:
    now = _now()
    await store.leases.hold("a", [EAST, FLEET_LEASE], now, now + SHORT)

    assert await store.leases.holders(now + LONG) == LeaseHolders() or await _holder_is_gone(store.leases)


async def _holder_is_gone(leases: Leases) -> bool:
    """A server measures by its own clock, which is not that of the caller."""
    await asyncio.sleep(2 * SHORT.total_seconds())
    return await leases.holders(_now()) == LeaseHolders()


async def test_a_holder_that_renews_it_in_time_keeps_it(store: Sides) -> None:
    await _hold(store.leases, "a", SHORT)
    await _hold(store.leases, "a", LONG)
    await asyncio.sleep(2 * SHORT.total_seconds())

    assert not await _hold(store.leases, "b")


async def test_what_is_given_back_is_free_at_once_and_the_rest_is_kept(store: Sides) -> None:
    await _hold_all(store.leases, "a", [EAST, WEST])
    await store.leases.give_back("a", [EAST])

    assert await _hold_all(store.leases, "b", [EAST, WEST]) == {EAST}


async def test_who_gives_back_everything_holds_nothing(store: Sides) -> None:
    await _hold_all(store.leases, "a", [EAST, WEST])
    await store.leases.give_back("a")

    assert await store.leases.holders(_now()) == LeaseHolders()
    assert await _hold_all(store.leases, "b", [EAST, WEST]) == {EAST, WEST}


async def test_nobody_gives_back_what_another_one_holds(store: Sides) -> None:
    await _hold(store.leases, "a")
    await store.leases.give_back("b", [EAST])
    await store.leases.give_back("b")

    assert await _holder(store.leases) == "a"
    assert not await _hold(store.leases, "b")


async def test_one_that_was_taken_by_a_clock_hours_ahead_is_free_when_its_holder_has_not_asked_again(
    store: Sides,
) -> None:
    ahead = _now() + timedelta(hours=2)
    await store.leases.hold("killed", [EAST], ahead, ahead + SHORT)
    await _hold_once_free(store.leases, "b", SHORT)

    assert await _holder(store.leases) == "b"


async def test_one_that_its_holder_renews_is_kept_however_far_ahead_its_clock_is(store: Sides) -> None:
    span = timedelta(seconds=5)
    refused = []
    # Longer than a lease that nobody renews is respected: its span and the two seconds beyond it.
    until = time.monotonic() + 8
    while time.monotonic() < until:
        ahead = _now() + timedelta(hours=2)
        await store.leases.hold("alive", [EAST], ahead, ahead + span)
        refused.append(not await _hold(store.leases, "b", span))
        await asyncio.sleep(0.5)

    assert refused
    assert all(refused)


async def test_leases_left_by_a_clock_that_was_ahead_are_told_in_the_log_and_by_the_check(url: str) -> None:
    async with open_store(url) as store:
        await _hold_all(store.leases, "killed", [EAST, WEST])
    later = leases.update().values(until=_now() + timedelta(hours=2))
    await sql(url, later)
    with capture_logs() as lines:
        async with open_store(url) as store:
            with pytest.raises(Refused, match=r"has leases until .*, 1 h 59 m from now"):
                await store.leases.check_clock(_now)
            await _hold(store.leases, "b", SHORT)
            await _hold_once_free(store.leases, "b", SHORT)
            await _hold(store.leases, "b")
            await sql(url, leases.update().values(until=_now() + SHORT))
            report = await store.leases.check_clock(_now)

    warnings = [(line["event"], line["held_by"]) for line in lines if line["log_level"] == "warning"]
    assert warnings == [
        ("lease held for longer than any bot can ask: a clock was set", "killed"),
        ("leases taken from a bot that is gone, whose clock was ahead", "killed"),
    ]
    assert report == "within 30 s of the store's"


async def test_a_bot_whose_clock_is_ahead_is_told_once_while_it_holds_leases(file_url: str) -> None:
    with capture_logs() as lines:
        async with open_store(file_url) as ours, open_store(file_url) as theirs:
            for _ in range(3):
                ahead = _now() + timedelta(hours=2)
                await theirs.leases.hold("ahead", [EAST, WEST], ahead, ahead + LONG)
                await _hold(ours.leases, "b")

    assert [line["event"] for line in lines] == ["lease held for longer than any bot can ask: a clock was set"]


async def test_a_machine_whose_clock_differs_from_the_server_s_is_told_once(server_url: str) -> None:
    with capture_logs() as lines:
        async with open_store(server_url) as store:
            for _ in range(3):
                now = _now() + timedelta(hours=2)
                await store.leases.hold("a", [EAST], now, now + LONG)
            with pytest.raises(Refused, match="this machine's clock is 7200 s ahead of the store's"):
                await store.leases.check_clock(lambda: _now() + timedelta(hours=2))

    assert [line["ahead_by_s"] for line in lines if "differs" in line["event"]] == [7200]


async def test_it_outlives_a_restart(url: str) -> None:
    async with open_store(url) as store:
        await _hold(store.leases, "a")
    async with open_store(url) as store:
        others, own = await _hold(store.leases, "b"), await _hold(store.leases, "a")

    assert (others, own) == (False, True)


@pytest.mark.parametrize("ahead", [timedelta(seconds=40), timedelta(seconds=-40)])
async def test_a_server_measures_time_for_bots_whose_clocks_differ(server_url: str, ahead: timedelta) -> None:
    async with open_store(server_url) as store:
        elsewhere = _now() + ahead
        first = await _hold(store.leases, "a", timedelta(seconds=30))
        second = (await store.leases.hold("b", [EAST], elsewhere, elsewhere + LONG)).of("b")
        await store.leases.give_back("a")
        await store.leases.hold("b", [EAST], elsewhere, elsewhere + SHORT)
        await _hold_once_free(store.leases, "a")

    assert (first, second) == (True, frozenset())


async def test_of_many_bots_that_want_them_at_once_one_gets_each(url: str) -> None:
    async with open_store(url) as first_store, open_store(url) as second_store, open_store(url) as third_store:
        names = [f"{n}" for n in range(12)]
        of_stores = (first_store.leases, second_store.leases, third_store.leases)
        outcomes = await asyncio.gather(*(_hold(of_stores[n % 3], name) for n, name in enumerate(names)))
        holder = await _holder(first_store.leases)

    assert [name for name, held in zip(names, outcomes, strict=True) if held] == [holder]


async def test_never_do_two_bots_believe_that_they_hold_it(url: str) -> None:
    """Each believes so from when it is told until the end of the span that it asked for, by its own clock."""
    spans: list[tuple[datetime, datetime, str]] = []

    async def compete(name: str) -> None:
        async with open_store(url) as store:
            end = _now() + timedelta(seconds=2)
            while (now := _now()) < end:
                answer = await store.leases.hold(name, [EAST], now, now + timedelta(milliseconds=40))
                if EAST in answer.of(name):
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
