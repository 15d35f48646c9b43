"""The health of a run includes that of the open workflows below it, as far as the calls that are left allow."""

from dataclasses import replace

import pytest

from bot.commands import Struggling
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.run import Run
from bot.model import (
    Child,
    ClosePolicy,
    Description,
    Execution,
    ExecutionStatus,
    Health,
    JournalEntry,
    PendingChild,
    SeenFailure,
)
from bot.usecases.observe.observe import observe_open
from bot.usecases.struggling import struggling
from tests.fakes.services import FakeWorld
from tests.fleet.builders import HOUR, MINUTE, NOW, TIMED_OUT, activity, description, execution, window
from tests.usecases.watch.passes import watch

CLUSTER = "voice-prod"
PARENT = execution("hilton")
SILENT = activity(attempt=2, last_failure=TIMED_OUT)


def child(number: int) -> Execution:
    """A workflow of a type that nobody has listed, which tells one day by its id."""
    return replace(execution("hilton", window(number, number + 1), run=f"of-{number}"), workflow_type="CopyDay")


def pending(*children: Execution) -> tuple[PendingChild, ...]:
    return tuple(PendingChild(each.ref, each.workflow_type, ClosePolicy.TERMINATE) for each in children)


def put(world: FakeWorld, of: Execution, *activities: object, below: tuple[Execution, ...] = ()) -> Description:
    described = description(*activities, of=of, children=pending(*below))  # type: ignore[arg-type]
    return world.engines[CLUSTER].put(described)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(now=NOW)


async def observed(world: FakeWorld) -> Run:
    (run,) = (await observe_open(CLUSTER, world.services)).runs
    return run


async def test_a_parent_stands_as_its_worst_child_and_says_which(world: FakeWorld) -> None:
    children = tuple(map(child, range(1, 6)))
    put(world, PARENT, below=children)
    for each in children:
        put(world, each, SILENT if each in (children[1], children[3]) else activity())
    run = await observed(world)

    assert run.health
    assert run.children
    assert (run.health.health, run.health.attempt) == (Health.STRUGGLING, 2)
    assert run.health.child == Child(children[1].ref.workflow_id, window(2, 3))
    assert (run.children.number, run.children.total, run.children.unseen) == (2, 5, 0)
    assert run.attempts == 1


async def test_a_parent_whose_children_do_well_stands_as_it_is(world: FakeWorld) -> None:
    put(world, PARENT, activity(), below=(child(1),))
    put(world, child(1), activity())
    run = await observed(world)

    assert run.health
    assert (run.health.health, run.health.child) == (Health.HEALTHY, None)


async def test_a_grandchild_counts_for_the_run_at_the_top(world: FakeWorld) -> None:
    put(world, PARENT, below=(child(1),))
    put(world, child(1), below=(child(2),))
    put(world, child(2), SILENT)
    run = await observed(world)

    assert run.children
    assert (run.children.number, run.children.total) == (1, 2)


async def test_a_child_that_has_closed_counts_no_more_and_one_that_continued_as_new_does(world: FakeWorld) -> None:
    done, continued = child(1), child(2)
    put(world, PARENT, below=(done, continued))
    world.engines[CLUSTER].add(replace(done, status=ExecutionStatus.COMPLETED, closed_at=NOW))
    world.engines[CLUSTER].add(replace(continued, status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=NOW))
    latest = replace(continued, ref=replace(continued.ref, run_id="again"), started_at=NOW - MINUTE)
    put(world, latest, SILENT)
    run = await observed(world)

    assert run.children
    assert (run.children.number, run.children.total) == (1, 1)


async def test_what_the_calls_do_not_suffice_for_counts_with_what_was_recorded_of_it(world: FakeWorld) -> None:
    children = tuple(map(child, range(1, 11)))
    put(world, PARENT, below=children)
    for each in children:
        put(world, each, activity())
    failure = SeenFailure(children[9].ref, "1", 1, TIMED_OUT, NOW - HOUR)
    await world.journal.record(JournalEntry(failures=(failure,)), NOW)
    cluster = world.services.clusters[CLUSTER]
    few = replace(world.services, clusters={CLUSTER: replace(cluster, budget=CallBudget(2))})
    (run,) = (await observe_open(CLUSTER, few)).runs

    assert run.health
    assert run.children
    assert run.health.health is Health.STRUGGLING
    assert (run.children.number, run.children.total) == (1, 10)
    assert 0 < run.children.unseen < 10


async def test_of_children_that_were_not_described_now_the_age_of_the_oldest_description_is_known(
    world: FakeWorld,
) -> None:
    done, again, other, new = map(child, range(1, 5))
    put(world, PARENT, activity(), below=(done, again, other))
    put(world, done, activity())
    put(world, other, activity())
    world.engines[CLUSTER].add(replace(again, status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=NOW))
    put(world, replace(again, ref=replace(again.ref, run_id="again"), started_at=NOW - MINUTE), activity())
    services = world.services
    await observe_open(CLUSTER, services)
    await watch(CLUSTER, services)
    put(world, PARENT, activity(), below=(done, again, other, new))
    world.now += 14 * MINUTE
    world.engines[CLUSTER].undescribed = {again.ref, other.ref, new.ref}
    (run,) = (await observe_open(CLUSTER, services)).runs

    assert run.children
    assert (run.children.unseen, run.children.never_seen, run.children.unseen_for) == (3, 1, 14 * MINUTE)


async def test_a_child_that_is_not_answered_hides_nothing_of_its_parent(world: FakeWorld) -> None:
    put(world, PARENT, activity(), below=(child(1),))
    world.engines[CLUSTER].undescribed = {child(1).ref}
    run = await observed(world)

    assert run.health
    assert run.health.health is Health.HEALTHY
    assert run.children
    assert (run.children.total, run.children.unseen) == (1, 1)


async def test_each_child_is_described_once_and_nothing_is_listed_for_it(world: FakeWorld) -> None:
    children = tuple(map(child, range(1, 6)))
    put(world, PARENT, below=children)
    for each in children:
        put(world, each, activity())
    await observed(world)

    assert sorted(world.engines[CLUSTER].described) == sorted([PARENT.ref, *(each.ref for each in children)])


async def test_failures_of_children_are_recorded_before_temporal_forgets_them(world: FakeWorld) -> None:
    put(world, PARENT, below=(child(1),))
    put(world, child(1), SILENT)
    await observed(world)

    assert [seen.failure for seen in (await world.journal.failures([child(1).ref]))[child(1).ref]] == [TIMED_OUT]


async def test_struggling_lists_the_parent_of_a_child_that_times_out(world: FakeWorld) -> None:
    put(world, PARENT, below=(child(1),))
    put(world, child(1), SILENT)
    result = await struggling(Struggling(), world.services)

    assert [run.execution.ref for run in result.runs] == [PARENT.ref]
