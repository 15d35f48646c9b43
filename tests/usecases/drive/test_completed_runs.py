"""Listing the completed runs of a cluster once for everybody who asks: how often, how much, and what is kept."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import Unavailable
from bot.model import Execution, ExecutionStatus, Ref
from bot.usecases.drive.completed_runs import KEPT, OVERLAP, CompletedRuns
from tests.fakes.engine import with_facts
from tests.fakes.services import NOW, FakeWorld

CLUSTER = "voice-prod"
LONG_AGO = NOW - timedelta(days=1)
SECOND = timedelta(seconds=1)


def completed(number: int, closed_at: datetime = NOW, customer: str = "hilton") -> Execution:
    ref = Ref(CLUSTER, f"backfill-{customer}-2026-01-01-2026-02-21", f"run-{number}")
    run = Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.COMPLETED, closed_at - KEPT, closed_at)
    return with_facts(run, cancel_requested=False)


def world_with(*runs: Execution) -> FakeWorld:
    world = FakeWorld()
    for run in runs:
        world.engines[CLUSTER].add(run)
    return world


async def numbers(runs: CompletedRuns, since: datetime) -> list[int]:
    """The runs of hilton that it knows, by their numbers."""
    return sorted(int(run.ref.run_id.removeprefix("run-")) for run in await runs.of("hilton", since))


def listings(world: FakeWorld) -> list[int]:
    """The number of runs in each listing so far."""
    return world.engines[CLUSTER].listed


async def test_a_customer_gets_its_own_completed_runs_since_the_moment_it_asks_for() -> None:
    failed = replace(completed(4), status=ExecutionStatus.FAILED)
    early, late = completed(1, NOW - 2 * SECOND), completed(2, NOW - SECOND)
    world = world_with(early, late, completed(3, customer="vivint"), failed)
    runs = CompletedRuns(CLUSTER, world.services)

    assert await runs.of("hilton", LONG_AGO) == (late, early)
    assert await runs.of("hilton", NOW - SECOND) == (late,)
    assert await runs.of("spirit", LONG_AGO) == ()


async def test_a_thousand_windows_that_ask_at_once_cost_one_listing() -> None:
    world = world_with(completed(1))
    runs = CompletedRuns(CLUSTER, world.services)

    answers = await asyncio.gather(*(numbers(runs, LONG_AGO) for _ in range(1_000)))

    assert answers == [[1]] * 1_000
    assert len(listings(world)) <= 2


async def test_a_run_that_has_completed_since_the_last_listing_is_found_and_only_the_end_is_read_again() -> None:
    world = world_with(*(completed(number, NOW - number * OVERLAP) for number in range(5)))
    runs = CompletedRuns(CLUSTER, world.services)

    assert await numbers(runs, LONG_AGO) == [0, 1, 2, 3, 4]
    world.engines[CLUSTER].add(completed(9, NOW + SECOND))
    assert await numbers(runs, LONG_AGO) == [0, 1, 2, 3, 4, 9]
    assert listings(world) == [5, 3]


async def test_a_run_that_is_listed_late_is_found() -> None:
    world = world_with(completed(1))
    runs = CompletedRuns(CLUSTER, world.services)
    await runs.of("hilton", LONG_AGO)
    late = completed(2, NOW - OVERLAP)
    world.engines[CLUSTER].add(late)

    assert late in await runs.of("hilton", LONG_AGO)


async def test_an_older_sequence_makes_it_read_from_its_own_beginning() -> None:
    world = world_with(completed(1), completed(2, LONG_AGO))
    runs = CompletedRuns(CLUSTER, world.services)

    assert await numbers(runs, NOW - SECOND) == [1]
    assert await numbers(runs, LONG_AGO) == [1, 2]


async def test_what_is_older_than_the_kept_time_is_listed_again_for_whoever_asks_for_it() -> None:
    old = completed(2, NOW - 3 * KEPT)
    world = world_with(completed(1), old)
    runs = CompletedRuns(CLUSTER, world.services)

    assert await numbers(runs, LONG_AGO) == [1, 2]
    assert await numbers(runs, NOW - SECOND) == [1]
    assert await numbers(runs, LONG_AGO) == [1, 2]
    assert listings(world) == [2, 1, 2]


async def test_it_is_not_known_while_the_cluster_is_away_and_known_once_it_is_back() -> None:
    world = world_with(completed(1))
    world.engines[CLUSTER].away = Unavailable("Temporal", "no answer")
    runs = CompletedRuns(CLUSTER, world.services)
    answers = await asyncio.gather(*(runs.of("hilton", LONG_AGO) for _ in range(2)), return_exceptions=True)
    world.engines[CLUSTER].away = None

    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert await runs.of("hilton", LONG_AGO) == (completed(1),)


async def test_a_listing_that_is_not_whole_answers_nobody() -> None:
    world = world_with(completed(1), completed(2, NOW - SECOND))
    world.engines[CLUSTER].at_most = 1
    runs = CompletedRuns(CLUSTER, world.services)

    with pytest.raises(Unavailable, match="1 runs listed in 5 s, not all"):
        await runs.of("hilton", LONG_AGO)
    world.engines[CLUSTER].at_most = None

    assert len(await runs.of("hilton", LONG_AGO)) == 2


async def test_who_gives_up_leaves_the_listing_to_the_next() -> None:
    world = world_with(completed(1))
    runs = CompletedRuns(CLUSTER, world.services)
    await runs.of("hilton", LONG_AGO)
    # The next listing waits for the rest after the first one.
    asking = [asyncio.create_task(runs.of("hilton", LONG_AGO)) for _ in range(2)]
    await asyncio.sleep(0)
    asking[0].cancel()

    assert await asking[1] == (completed(1),)
