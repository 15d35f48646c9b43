"""Bots divide the clusters among them: each cluster is watched by one bot at a time, and by another one soon after
that bot is gone."""

import random
from collections.abc import Sequence
from datetime import timedelta

from structlog.testing import capture_logs

from bot.background.held_leases import LEASE, MARGIN, RENEW_EVERY, HeldLeases
from bot.errors import Refused, Unavailable
from tests.background.lease_store import LeaseStore, Machine, Watched

CLUSTERS = ("a", "b", "c", "d", "e")


def watched(bot: HeldLeases) -> list[str]:
    return [cluster for cluster in CLUSTERS if bot.watches(cluster)]


async def rounds(store: LeaseStore, bots: Sequence[HeldLeases], count: int = 1) -> None:
    for _ in range(count):
        for bot in bots:
            await bot.renew()
        store.now += RENEW_EVERY


async def test_a_bot_that_is_alone_watches_all_at_once_and_leads() -> None:
    alone = LeaseStore().bot("one", clusters=CLUSTERS)
    await alone.renew()

    assert watched(alone) == [*CLUSTERS]
    assert alone.is_leader()


async def test_one_that_watches_all_it_wants_asks_the_store_once_a_renewal() -> None:
    store = LeaseStore()
    alone = store.bot("one", clusters=CLUSTERS)
    await alone.renew()
    before = store.calls
    await rounds(store, [alone], 10)

    assert store.calls - before == 10


async def test_a_second_bot_gets_half_of_them_one_by_one_and_then_none_moves() -> None:
    store = LeaseStore()
    first, second = bots = [store.bot(name, clusters=CLUSTERS) for name in ("one", "two")]
    await first.renew()
    numbers = []
    for _ in range(6):
        await rounds(store, bots)
        numbers.append((len(watched(first)), len(watched(second))))

    assert numbers == [(5, 0), (4, 1), (3, 2), (3, 2), (3, 2), (3, 2)]
    assert sorted([*watched(first), *watched(second)]) == [*CLUSTERS]
    assert (first.is_leader(), second.is_leader()) == (True, False)


async def test_what_a_killed_bot_watched_is_watched_within_half_a_minute() -> None:
    store = LeaseStore()
    bots = [store.bot(name, clusters=CLUSTERS) for name in ("one", "two", "three")]
    await rounds(store, bots, 10)
    died_at = store.now
    while sum(len(watched(bot)) for bot in bots[1:]) < len(CLUSTERS):
        await rounds(store, bots[1:])

    assert store.now - died_at < timedelta(seconds=30)
    assert sorted(len(watched(bot)) for bot in bots[1:]) == [2, 3]


async def test_what_a_bot_gives_back_when_it_stops_is_watched_after_the_next_renewal() -> None:
    store = LeaseStore()
    first, second = bots = [store.bot(name, clusters=CLUSTERS) for name in ("one", "two")]
    await rounds(store, bots, 10)
    await first.give_back()
    await second.renew()

    assert (watched(first), watched(second)) == ([], [*CLUSTERS])
    assert second.is_leader()


async def test_a_cluster_is_given_up_only_when_nothing_is_in_flight_there() -> None:
    store, work = LeaseStore(), Watched(is_idle=False)
    first, second = bots = [store.bot("one", clusters=CLUSTERS, work=work), store.bot("two", clusters=CLUSTERS)]
    await rounds(store, bots, 10)
    busy = len(watched(first)), len(watched(second))
    work.is_idle = True
    await rounds(store, bots, 3)

    assert busy == (4, 0)
    assert (len(watched(first)), len(watched(second))) == (3, 2)


async def test_a_cluster_without_work_in_flight_is_given_up_before_others() -> None:
    store, watching = LeaseStore(), {cluster: Watched(is_idle=cluster == "b") for cluster in CLUSTERS}
    first, second = bots = [store.bot_at("one", watching, Machine()), store.bot("two", clusters=CLUSTERS)]
    await rounds(store, bots, 3)

    assert (watched(first), watched(second)) == (["a", "c", "d"], ["b"])


async def test_a_bot_begins_anew_with_what_it_watches_again_and_goes_on_with_what_it_keeps() -> None:
    store, work = LeaseStore(), Watched()
    first = store.bot("one", clusters=("a",), work=work)
    await rounds(store, [first], 5)
    kept = work.begun
    store.away = Unavailable("store", "locked")
    await rounds(store, [first], 7)
    lost = first.watches("a")
    store.away = None
    await first.renew()

    assert (kept, lost, work.begun) == (1, False, 2)


async def test_without_an_answer_it_watches_on_until_shortly_before_another_one_may() -> None:
    store = LeaseStore()
    first = store.bot("one", clusters=CLUSTERS)
    await first.renew()
    store.now += LEASE - MARGIN - timedelta(microseconds=1)
    at_last = watched(first)
    store.now += timedelta(microseconds=1)

    assert (at_last, watched(first)) == ([*CLUSTERS], [])


async def test_a_bot_that_steps_down_watches_nothing_and_keeps_others_waiting_until_it_gives_back() -> None:
    store = LeaseStore()
    first, second = store.bot("one", clusters=CLUSTERS), store.bot("two", clusters=CLUSTERS)
    await first.renew()
    first.step_down()
    await first.renew()
    await second.renew()

    assert (watched(first), watched(second)) == ([], [])


async def test_a_lease_whose_answer_was_lost_is_used_from_the_next_renewal_on() -> None:
    store = LeaseStore()
    first = store.bot("one", clusters=("a",))
    first.watches("a")
    await store.hold("one", ["cluster:a"], store.now, store.now + LEASE)
    await first.renew()

    assert first.watches("a")


async def test_while_an_earlier_version_leads_it_waits_says_so_once_and_takes_all_when_that_one_stops() -> None:
    store = LeaseStore(single_holder="earlier")
    first = store.bot("one", clusters=CLUSTERS)
    with capture_logs() as logs:
        await rounds(store, [first], 3)
        waiting = watched(first), first.is_leader()
        store.single_holder = ""
        await first.renew()

    assert waiting == ([], False)
    assert (watched(first), first.is_leader()) == ([*CLUSTERS], True)
    assert [line["event"] for line in logs] == [
        "a bot of an earlier version leads: waiting until it stops",
        "leading begins",
        "watching begins",
    ]


async def test_the_log_tells_which_clusters_a_bot_begins_and_ceases_to_watch() -> None:
    store = LeaseStore()
    bots = [store.bot(name, clusters=("a", "b")) for name in ("one", "two")]
    with capture_logs() as logs:
        await rounds(store, bots, 5)
        await bots[1].give_back()

    events = [(line["event"], line["holder"], line["clusters"]) for line in logs if "clusters" in line]
    assert events == [
        ("watching begins", "one", ["a", "b"]),
        ("watching ends", "one", ["b"]),
        ("watching begins", "two", ["b"]),
        ("watching ends", "two", ["b"]),
    ]


async def test_whatever_the_store_and_the_clocks_do_no_cluster_is_watched_by_two() -> None:
    chance = random.Random(20261130)
    store, work = LeaseStore(), [Watched() for _ in range(3)]
    machines = [Machine() for _ in work]
    bots = [store.bot(f"{n}", machines[n], CLUSTERS, each) for n, each in enumerate(work)]
    counts = [0] * len(bots)
    for _ in range(20_000):
        chance.choice(machines).is_ahead_by = timedelta(seconds=chance.choice([0, 0, 0, -1, 7, -60, 3600]))
        chance.choice(work).is_idle = chance.random() < 0.8
        store.now += timedelta(seconds=chance.choice([0.5, 1, 1, 3, 9]))
        store.slow_by = timedelta(seconds=chance.choice([0, 0, 0, 0.1, 5, 25]))
        store.away = chance.choice([None, None, None, Unavailable("store", "locked"), Refused("store", "full")])
        await chance.choice(bots).renew()
        for cluster in CLUSTERS:
            watching = [bot.watches(cluster) for bot in bots]
            counts = [count + each for count, each in zip(counts, watching, strict=True)]

            assert sum(watching) <= 1

    assert min(counts) > 3_000
