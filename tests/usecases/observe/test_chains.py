"""Looking at a chain: its links are one run, as old as the first one, with the failures of all."""

from dataclasses import replace

import pytest

from bot.fleet.planning.throughput import own_pace
from bot.fleet.runs.run import Run
from bot.model import DoubtReason, ExecutionStatus, Health, JournalEntry, Ref
from bot.model.execution import CHAIN_HINT
from bot.usecases.observe.observe import observe, observe_open
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, description, execution, seen

CLUSTER = "voice-prod"
CONTINUED, COMPLETED = ExecutionStatus.CONTINUED_AS_NEW, ExecutionStatus.COMPLETED
FIRST = closed(CONTINUED, "hilton", CAMPAIGN, run="1", ago=3 * HOUR, took=30 * HOUR)
SECOND = closed(CONTINUED, "hilton", CAMPAIGN, run="2", ago=2 * HOUR, hints={CHAIN_HINT: "run-1"})
OPEN = execution("hilton", run="3", started_at=NOW - 2 * HOUR, hints={CHAIN_HINT: "run-1"})
DONE = closed(COMPLETED, "hilton", CAMPAIGN, run="3", ago=HOUR, took=HOUR, hints={CHAIN_HINT: "run-1"})


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld(now=NOW)
    for link in (FIRST, SECOND):
        world.engines[CLUSTER].add(link)
    return world


def refs(*runs: Run) -> list[Ref]:
    return [ref for run in runs for ref in run.refs]


async def test_the_links_of_a_chain_are_one_run(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(description(activity(), of=OPEN))
    (run,) = (await observe(CLUSTER, world.services)).runs

    assert refs(run) == [OPEN.ref, SECOND.ref, FIRST.ref]
    assert run.age(NOW) == 33 * HOUR


async def test_a_closed_link_is_described_once(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(description(activity(), of=OPEN))
    for _ in range(3):
        await observe(CLUSTER, world.services)

    assert world.engines[CLUSTER].described.count(SECOND.ref) == 1


async def test_the_speed_is_that_of_the_chain_and_not_of_its_last_link(world: FakeWorld) -> None:
    world.engines[CLUSTER].add(DONE)
    runs = (await observe(CLUSTER, world.services)).of("hilton")
    pace = own_pace(runs)

    assert pace
    assert pace.count == 1
    assert round(pace.usual * CAMPAIGN.days / HOUR, 3) == 32


async def test_a_chain_struggles_by_the_timeout_of_an_earlier_link(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(description(activity(), of=OPEN))
    await world.journal.record(JournalEntry(failures=(seen(1, TIMED_OUT, FIRST.ref),)), NOW)
    (run,) = (await observe(CLUSTER, world.services)).runs

    assert run.health
    assert run.health.health is Health.STRUGGLING
    assert [failure.ref for failure in run.failures] == [FIRST.ref]


async def test_looking_at_open_runs_alone_takes_the_earlier_links_from_the_run_history(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(description(activity(), of=OPEN))
    await world.journal.record(JournalEntry(failures=(seen(1, TIMED_OUT, FIRST.ref),)), NOW)
    await observe(CLUSTER, world.services)
    (run,) = (await observe_open(CLUSTER, world.services)).runs

    assert refs(run) == [OPEN.ref, SECOND.ref, FIRST.ref]
    assert run.health
    assert run.health.health is Health.STRUGGLING


async def test_a_reset_of_a_completed_run_makes_the_chain_run_again(world: FakeWorld) -> None:
    world.engines[CLUSTER].add(replace(FIRST, status=COMPLETED))
    world.engines[CLUSTER].put(description(activity(), of=OPEN))
    (run,) = (await observe(CLUSTER, world.services)).of("hilton")

    assert run.is_open


async def test_a_cancel_of_an_earlier_link_puts_all_days_of_the_chain_in_doubt(world: FakeWorld) -> None:
    cancelling = description(of=FIRST, cancel_requested=True)
    world.engines[CLUSTER].put(cancelling)
    world.engines[CLUSTER].add(DONE)
    (run,) = (await observe(CLUSTER, world.services)).of("hilton")

    assert run.complete_days == ()
    assert [days.doubt.reason for days in run.doubts] == [DoubtReason.CANCEL_REQUESTED]
