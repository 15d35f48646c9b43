"""Finding a run that has already completed the next window of a sequence: whose, when, and over which days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import DependencyError, Refused, Unavailable
from bot.fleet.runs.identity import Identity
from bot.model import Description, Execution, ExecutionStatus, Reading, Ref, Window
from bot.sequences.activity_stubs import START_LIMIT
from bot.usecases.drive.completed_elsewhere import CLUSTER_LIMIT, HISTORY_LIMIT, find_completed_run
from bot.usecases.drive.completed_runs import CompletedRuns
from tests.fakes.engine import with_facts
from tests.fakes.services import NOW, FakeWorld, config

CLUSTER = "voice-prod"
DAYS = Identity("hilton", Window(date(2026, 1, 6), date(2026, 1, 11)))
BETWEEN = NOW - timedelta(hours=6), NOW
BY_HAND = Execution(
    Ref(CLUSTER, "backfill-hilton-2026-01-01-2026-02-21", "run-1"),
    "CustomerBackfill",
    "backfill",
    ExecutionStatus.COMPLETED,
    NOW - timedelta(hours=30),
    NOW - timedelta(hours=1),
)


async def completed_run(world: FakeWorld) -> Ref | None:
    return await find_completed_run(DAYS, BETWEEN, CompletedRuns(CLUSTER, world.services), world.services)


async def found(world: FakeWorld, *runs: Execution) -> Ref | None:
    for run in runs:
        world.engines[CLUSTER].add(run)
    await world.ledger.keep(runs)
    return await completed_run(world)


def called(workflow_id: str) -> Execution:
    return replace(BY_HAND, ref=Ref(CLUSTER, workflow_id, "run-2"))


@pytest.mark.parametrize("run", [BY_HAND, called("backfill-hilton-2026-01-06-2026-01-11")])
async def test_a_run_that_has_completed_all_its_days_meanwhile_is_found(run: Execution) -> None:
    assert await found(FakeWorld(), run) == run.ref


@pytest.mark.parametrize(
    "run",
    [
        called("backfill-hilton-2026-01-07-2026-01-11"),
        called("backfill-vivint-2026-01-01-2026-02-21"),
        called("something else"),
        replace(BY_HAND, status=ExecutionStatus.FAILED),
        replace(BY_HAND, status=ExecutionStatus.RUNNING, closed_at=None),
        replace(BY_HAND, closed_at=BETWEEN[0]),
        replace(BY_HAND, closed_at=BETWEEN[1]),
    ],
    ids=["some days", "another customer", "not recognised", "failed", "open", "before it began", "by itself"],
)
async def test_nothing_else_is(run: Execution) -> None:
    assert await found(FakeWorld(), run) is None


async def test_what_temporal_has_forgotten_is_what_the_ledger_says_of_it() -> None:
    world = FakeWorld()
    await world.ledger.keep([BY_HAND])

    assert await completed_run(world) == BY_HAND.ref


async def test_a_run_that_no_pass_has_seen_yet_is_found_on_the_cluster() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].add(BY_HAND)

    assert await completed_run(world) == BY_HAND.ref


@pytest.mark.parametrize(("is_whole", "listed"), [(True, 1), (False, 2)])
async def test_the_cluster_is_asked_only_for_what_the_history_may_lack(is_whole: bool, listed: int) -> None:
    world = FakeWorld()
    world.engines[CLUSTER].add(replace(called("something else"), closed_at=NOW - timedelta(minutes=1)))
    world.engines[CLUSTER].add(replace(BY_HAND, status=ExecutionStatus.COMPLETED, closed_at=NOW - timedelta(hours=2)))
    read = Reading(CLUSTER, ("CustomerBackfill",), NOW, sure_until=NOW - timedelta(hours=1), is_whole=is_whole)
    await world.ledger.keep([], read)

    await completed_run(world)

    assert world.engines[CLUSTER].listed == [listed]


async def test_the_cluster_is_asked_where_the_store_is_away() -> None:
    world = FakeWorld()
    world.ledger.away = Unavailable("store", "locked")
    nothing_yet = await completed_run(world)
    world.engines[CLUSTER].add(BY_HAND)

    assert nothing_yet is None
    assert await completed_run(world) == BY_HAND.ref


@pytest.mark.parametrize("away", [Unavailable("Temporal", "no answer"), Refused("Temporal", "not permitted")])
@pytest.mark.parametrize("is_remembered", [True, False])
async def test_it_is_not_known_where_the_cluster_does_not_tell(away: DependencyError, is_remembered: bool) -> None:
    world = FakeWorld()
    if is_remembered:
        await world.ledger.keep([BY_HAND])
    world.engines[CLUSTER].away = away

    with pytest.raises(Unavailable, match=f"not known .* {away.why}"):
        await completed_run(world)


async def test_it_is_not_known_while_not_all_of_the_ended_runs_are_listed() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].at_most = 1
    world.engines[CLUSTER].add(BY_HAND)
    world.engines[CLUSTER].add(replace(called("other"), closed_at=NOW - timedelta(minutes=1)))

    with pytest.raises(Unavailable, match="1 runs listed in 5 s, not all"):
        await completed_run(world)


async def test_what_the_ledger_has_wrong_is_no_proof() -> None:
    world = FakeWorld()
    await world.ledger.keep([BY_HAND])
    world.engines[CLUSTER].add(replace(BY_HAND, status=ExecutionStatus.FAILED))

    assert await completed_run(world) is None


async def test_a_clean_run_is_found_behind_one_in_doubt() -> None:
    doubtful = replace(called("backfill-hilton-2026-01-06-2026-01-11"), closed_at=NOW - timedelta(hours=2))
    world = FakeWorld()
    read = Reading(CLUSTER, ("CustomerBackfill",), NOW, sure_until=NOW, is_whole=True)
    await world.ledger.keep([doubtful, BY_HAND], read)
    world.engines[CLUSTER].add(BY_HAND)
    world.engines[CLUSTER].put(Description(doubtful, (), cancel_requested=True, workflow_task_attempt=1))

    assert await completed_run(world) == BY_HAND.ref


async def test_what_the_ledger_has_in_doubt_is_no_proof_once_temporal_has_forgotten_it() -> None:
    world = FakeWorld()
    await world.ledger.keep([with_facts(BY_HAND, cancel_requested=True)])

    assert await completed_run(world) is None


def test_systems_that_never_answer_leave_time_to_start_the_window() -> None:
    assert 2 * (HISTORY_LIMIT + CLUSTER_LIMIT) < START_LIMIT


async def test_a_run_of_a_definition_that_covers_no_days_completes_nothing() -> None:
    fills = {"name": "fills", "types": ["Other"], "task_queue": "backfill"}
    reindex = {"name": "reindex", "types": ["CustomerBackfill"], "task_queue": "backfill", "covers": False}
    world = FakeWorld(config({CLUSTER: ("hilton",)}, workflow=None, workflows=[fills, reindex]))

    assert await found(world, BY_HAND) is None
