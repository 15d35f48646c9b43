"""One bot leads at a time, whatever the store and the clocks do, and another one soon after it is gone."""

import asyncio
import random
from collections.abc import Collection
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.adapters.slack import LONGEST_CALL
from bot.background.held_leases import FAREWELL, LEASE, MARGIN, RENEW_EVERY, new_holder
from bot.background.scheduler import LAST_PATIENCE
from bot.errors import Refused, Unavailable
from tests.background.lease_store import LeaseStore, Machine

TICK = timedelta(microseconds=1)


@pytest.fixture
def store() -> LeaseStore:
    return LeaseStore()


class MuteStore(LeaseStore):
    """A store that never answers when the lease is given back."""

    async def give_back(self, _holder: str, _names: Collection[str] | None = None) -> None:
        await asyncio.Event().wait()


async def test_a_store_that_says_nothing_does_not_keep_a_bot_from_stopping() -> None:
    leading = MuteStore().bot("one")
    await leading.renew()
    with capture_logs() as logs:
        async with asyncio.timeout(2 * FAREWELL.total_seconds()):
            await leading.give_back()

    assert [line["reason"] for line in logs if "not given back" in line["event"]] == [
        "the store does not answer in time"
    ]


async def test_of_two_bots_the_first_one_leads(store: LeaseStore) -> None:
    first, second = store.bot("one"), store.bot("two")
    before = first.is_leader()
    await first.renew()
    await second.renew()

    assert (before, first.is_leader(), second.is_leader()) == (False, True, False)


async def test_it_leads_as_long_as_it_claims(store: LeaseStore) -> None:
    first, second = store.bot("one"), store.bot("two")
    led = []
    for _ in range(30):
        await first.renew()
        await second.renew()
        led.append((first.is_leader(), second.is_leader()))
        store.now += RENEW_EVERY

    assert set(led) == {(True, False)}


async def test_a_bot_that_is_killed_is_followed_within_half_a_minute(store: LeaseStore) -> None:
    first, second = store.bot("one"), store.bot("two")
    await first.renew()
    died_at = store.now
    while not second.is_leader():
        store.now += RENEW_EVERY
        await second.renew()

    assert LEASE <= store.now - died_at <= LEASE + RENEW_EVERY < timedelta(seconds=30)


async def test_without_an_answer_it_leads_on_until_shortly_before_another_one_may(store: LeaseStore) -> None:
    first = store.bot("one")
    await first.renew()
    store.away = Unavailable("store", "locked")
    store.now += LEASE - MARGIN - TICK
    await first.renew()
    at_last = first.is_leader()
    store.now += TICK

    assert (at_last, first.is_leader()) == (True, False)


async def test_a_slow_answer_counts_from_before_the_question(store: LeaseStore) -> None:
    first = store.bot("one")
    store.slow_by = timedelta(seconds=5)
    await first.renew()

    assert first.is_leader(LEASE - MARGIN - store.slow_by - TICK)
    assert not first.is_leader(LEASE - MARGIN - store.slow_by)


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(seconds=-10)])
async def test_a_clock_that_is_set_back_makes_nobody_lead_for_longer(store: LeaseStore, by: timedelta) -> None:
    machine = Machine()
    first = store.bot("one", machine)
    await first.renew()
    machine.is_ahead_by = by
    store.now += LEASE - MARGIN - TICK
    at_last = first.is_leader()
    store.now += TICK

    assert (at_last, first.is_leader()) == (True, False)


async def test_a_machine_that_has_slept_leads_no_longer_though_one_of_its_clocks_stood_still(
    store: LeaseStore,
) -> None:
    machine = Machine()
    first = store.bot("one", machine)
    await first.renew()
    machine.slept = timedelta(minutes=5)
    store.now += machine.slept

    assert not first.is_leader()


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=400)])
async def test_a_bot_that_is_killed_is_followed_as_soon_though_the_clock_was_ahead_by_which_it_led(
    store: LeaseStore, ahead: timedelta
) -> None:
    first, second = store.bot("one"), store.bot("two")
    store.is_ahead_by = ahead
    await first.renew()
    died_at, store.is_ahead_by = store.now, timedelta(0)
    while not second.is_leader() and store.now < died_at + timedelta(minutes=1):
        store.now += RENEW_EVERY
        await second.renew()

    assert LEASE <= store.now - died_at <= LEASE + RENEW_EVERY


async def test_a_leader_that_claims_is_never_followed_whatever_the_store_s_clock_is_set_to() -> None:
    chance = random.Random(20261101)
    store = LeaseStore()
    first, second = store.bot("one"), store.bot("two")
    await first.renew()
    led = []
    for _ in range(1_000):
        store.now += RENEW_EVERY
        store.is_ahead_by = timedelta(hours=chance.choice([0, 0, 2, -2]))
        await first.renew()
        await second.renew()
        led.append((first.is_leader(), second.is_leader()))

    assert set(led) == {(True, False)}


async def test_whatever_the_store_and_the_clocks_do_there_are_never_two() -> None:
    chance = random.Random(20260222)
    store, led = LeaseStore(), {0: 0, 1: 0}
    machines = Machine(), Machine()
    bots = store.bot("one", machines[0]), store.bot("two", machines[1])
    for _ in range(20_000):
        chance.choice(machines).is_ahead_by = timedelta(seconds=chance.choice([0, 0, 0, -1, 7, -60, 3600]))
        store.now += timedelta(seconds=chance.choice([0.5, 3, 3, 9]))
        store.slow_by = timedelta(seconds=chance.choice([0, 0, 0.1, 5, 12, 25]))
        store.away = chance.choice([None, None, None, Unavailable("store", "locked"), Refused("store", "full")])
        await chance.choice(bots).renew()
        leading = [bot.is_leader() for bot in bots]

        assert sum(leading) <= 1
        for number, is_leading in enumerate(leading):
            led[number] += is_leading

    assert min(led.values()) > 1_000


async def test_a_bot_whose_lease_was_taken_leads_no_more(store: LeaseStore) -> None:
    first, second = store.bot("one"), store.bot("two")
    await first.renew()
    await store.give_back("one")
    await second.renew()
    await first.renew()

    assert (first.is_leader(), second.is_leader()) == (False, True)


async def test_what_is_given_back_is_another_one_s_at_once(store: LeaseStore) -> None:
    first, second = store.bot("one"), store.bot("two")
    await first.renew()
    await first.give_back()
    await second.renew()

    assert (first.is_leader(), second.is_leader()) == (False, True)


async def test_who_has_retired_begins_nothing_and_keeps_others_waiting_until_it_gives_back(store: LeaseStore) -> None:
    first, second = store.bot("one"), store.bot("two")
    await first.renew()
    first.step_down()
    await first.renew()
    await second.renew()

    assert (first.is_leader(), second.is_leader(), store.leader) == (False, False, "one")


async def test_a_claim_under_way_does_not_bring_back_who_retires_meanwhile(store: LeaseStore) -> None:
    first = store.bot("one")
    store.elections = [first]
    await first.renew()

    assert not first.is_leader()


async def test_a_store_that_is_away_at_the_end_is_logged_and_holds_nothing_up(store: LeaseStore) -> None:
    first = store.bot("one")
    await first.renew()
    store.away = Unavailable("store", "gone")
    with capture_logs() as logs:
        await first.give_back()

    assert [line["event"] for line in logs] == ["leases not given back: they run out by themselves", "leading ends"]


async def test_the_log_tells_when_leading_begins_and_ends_and_when_the_store_falls_silent(store: LeaseStore) -> None:
    first = store.bot("one")
    with capture_logs() as logs:
        for away in (None, None, *[Unavailable("store", "gone")] * 8, None, None):
            store.away = away
            await first.renew()
            store.now += RENEW_EVERY

    shown = ["leading begins", "leases cannot be asked for", "leading ends", "leading begins"]
    assert [line["event"] for line in logs] == shown


def test_while_claims_succeed_there_is_time_for_the_longest_call_and_for_an_orderly_end() -> None:
    at_least_left = LEASE - RENEW_EVERY - MARGIN

    assert at_least_left > LONGEST_CALL
    assert LEASE - RENEW_EVERY > LAST_PATIENCE


def test_no_two_processes_have_the_same_name() -> None:
    assert new_holder() != new_holder()
