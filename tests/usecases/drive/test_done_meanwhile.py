"""Whom a sequence finds to have run its next window already: who else, when, and over which days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import Unavailable
from bot.fleet.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref, Window
from bot.sequences.calls import QUICK
from bot.usecases.drive.done_meanwhile import LONGEST_LOOK, done_meanwhile
from tests.fakes.services import NOW, FakeWorld

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


async def found(world: FakeWorld, *runs: Execution) -> Ref | None:
    for run in runs:
        world.engines[CLUSTER].add(run)
    await world.ledger.keep(runs)
    return await done_meanwhile(CLUSTER, DAYS, BETWEEN, world.services)


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


async def test_what_temporal_has_forgotten_is_not_followed() -> None:
    world = FakeWorld()
    await world.ledger.keep([BY_HAND])

    assert await done_meanwhile(CLUSTER, DAYS, BETWEEN, world.services) is None


async def test_a_store_that_is_away_holds_no_window_up() -> None:
    world = FakeWorld()
    world.ledger.away = Unavailable("store", "locked")

    assert await done_meanwhile(CLUSTER, DAYS, BETWEEN, world.services) is None


def test_a_store_that_never_answers_leaves_time_to_start_the_window() -> None:
    assert 2 * LONGEST_LOOK < QUICK
