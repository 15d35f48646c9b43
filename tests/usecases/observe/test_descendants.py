"""Descendants: everything open below a run is found, level by level, with what becomes of it when the run ends."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.errors import Unavailable
from bot.fleet.runs.descendants import Descendant
from bot.fleet.runs.run import Run
from bot.model import ClosePolicy, Execution, ExecutionStatus, PendingChild, Ref
from bot.model.execution import PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.observe.descendants import MOST_LEVELS, MOST_LINKS, descendants_of
from bot.usecases.observe.observe import observe_open
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import NOW, activity, description, execution

CLUSTER = "voice-prod"
PARENT = execution("hilton")


def child(name: str, of: Execution = PARENT, **changes: object) -> Execution:
    """A workflow of a type that nobody has listed."""
    hints = {PARENT_HINT: of.ref.workflow_id, PARENT_RUN_HINT: of.ref.run_id}
    plain = replace(PARENT, ref=Ref(CLUSTER, name, f"run-of-{name}"), workflow_type="CopyDay", hints=hints)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld(now=NOW)
    world.engines[CLUSTER].put(description(activity(), of=PARENT))
    return world


async def found(world: FakeWorld) -> dict[str, Descendant]:
    runs = (await observe_open(CLUSTER, world.services)).runs
    descendants = await descendants_of(CLUSTER, _of_parent(runs), world.services)
    return {each.execution.ref.workflow_id: each for each in descendants}


def _of_parent(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.execution.ref == PARENT.ref]


async def test_children_and_theirs_are_found_though_nobody_has_listed_their_types(world: FakeWorld) -> None:
    first = child("a")
    for run in (first, child("b"), child("a-1", first)):
        world.engines[CLUSTER].add(run)
    descendants = await found(world)

    assert set(descendants) == {"a", "b", "a-1"}
    assert descendants["a-1"].ancestors == {PARENT.ref, first.ref}


async def test_what_is_open_below_a_closed_child_is_found(world: FakeWorld) -> None:
    closed = child("a", status=ExecutionStatus.COMPLETED, closed_at=NOW)
    world.engines[CLUSTER].add(closed)
    world.engines[CLUSTER].add(child("a-1", closed))

    assert set(await found(world)) == {"a-1"}


async def test_a_child_that_is_not_listed_yet_is_told_by_its_parent(world: FakeWorld) -> None:
    late = replace(child("late"), hints={})
    shown = PendingChild(late.ref, "CopyDay", ClosePolicy.TERMINATE)
    world.engines[CLUSTER].put(description(activity(), of=PARENT, children=(shown,)))
    world.engines[CLUSTER].add(late)
    descendants = await found(world)

    assert descendants["late"].is_abandoned is False
    assert descendants["late"].ancestors == {PARENT.ref}


async def test_a_child_whose_run_id_its_parent_does_not_tell_yet_is_found_with_what_is_below_it(
    world: FakeWorld,
) -> None:
    late = replace(child("late"), hints={})
    shown = PendingChild(replace(late.ref, run_id=""), "CopyDay", ClosePolicy.TERMINATE)
    world.engines[CLUSTER].put(description(activity(), of=PARENT, children=(shown,)))
    for run in (late, child("late-1", late)):
        world.engines[CLUSTER].add(run)
    descendants = await found(world)

    assert descendants["late"].ancestors == {PARENT.ref}
    assert descendants["late-1"].ancestors == {PARENT.ref, late.ref}


async def test_of_a_long_chain_the_latest_links_are_searched(world: FakeWorld) -> None:
    links = tuple(
        replace(PARENT, ref=replace(PARENT.ref, run_id=f"link-{number:03}"), status=ExecutionStatus.CONTINUED_AS_NEW)
        for number in range(MOST_LINKS + 50)
    )
    world.engines[CLUSTER].add(child("left", links[-1]))
    run = Run(PARENT, None, links=links)

    assert [each.execution.ref.workflow_id for each in await descendants_of(CLUSTER, [run], world.services)] == [
        "left"
    ]


async def test_the_close_policy_is_that_of_the_parent_also_after_the_child_has_continued_as_new(
    world: FakeWorld,
) -> None:
    later = replace(child("a"), ref=Ref(CLUSTER, "a", "later"))
    shown = PendingChild(child("a").ref, "CopyDay", ClosePolicy.TERMINATE)
    world.engines[CLUSTER].put(description(activity(), of=PARENT, children=(shown,)))
    world.engines[CLUSTER].add(replace(child("a"), status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=NOW))
    world.engines[CLUSTER].add(later)
    descendants = await found(world)

    assert descendants["a"].execution.ref == later.ref
    assert descendants["a"].is_abandoned is False


async def test_what_has_outlived_its_parent_is_abandoned(world: FakeWorld) -> None:
    closed = child("a", status=ExecutionStatus.COMPLETED, closed_at=NOW)
    world.engines[CLUSTER].add(closed)
    world.engines[CLUSTER].add(child("a-1", closed))

    assert (await found(world))["a-1"].is_abandoned


async def test_a_child_tells_customer_and_days_of_its_own_by_the_mapping_of_the_cluster(world: FakeWorld) -> None:
    world.engines[CLUSTER].add(child("backfill-hilton-2026-01-04-2026-01-05"))
    world.engines[CLUSTER].add(child("anything"))
    descendants = await found(world)

    own = descendants["backfill-hilton-2026-01-04-2026-01-05"].identity
    assert own
    assert (own.customer, own.window.days) == ("hilton", 1)
    assert descendants["anything"].identity is None


async def test_the_definition_of_the_run_at_the_top_names_types_that_end_with_it() -> None:
    definition = {"types": ["CustomerBackfill"], "task_queue": "backfill", "child_types": ["CopyDay"]}
    world = FakeWorld(config({CLUSTER: ("hilton",)}, workflow=definition), now=NOW)
    first = child("a", workflow_type="Plan")
    world.engines[CLUSTER].put(description(activity(), of=PARENT))
    for run in (first, child("a-1", first)):
        world.engines[CLUSTER].add(run)
    descendants = await found(world)

    assert {name: each.is_of_child_type for name, each in descendants.items()} == {"a": False, "a-1": True}


async def test_one_describe_for_each_open_workflow_is_enough(world: FakeWorld) -> None:
    for number in range(20):
        world.engines[CLUSTER].add(child(f"copy-{number}"))
    runs = (await observe_open(CLUSTER, world.services)).runs
    before = len(world.engines[CLUSTER].described)
    await descendants_of(CLUSTER, _of_parent(runs), world.services)

    assert len(world.engines[CLUSTER].described) - before == 1 + 20


async def test_a_cluster_that_does_not_tell_about_a_child_raises(world: FakeWorld) -> None:
    world.engines[CLUSTER].add(child("a"))
    world.engines[CLUSTER].undescribed = {child("a").ref}
    runs = (await observe_open(CLUSTER, world.services)).runs

    with pytest.raises(Unavailable):
        await descendants_of(CLUSTER, _of_parent(runs), world.services)


async def test_an_endless_family_ends_the_search(world: FakeWorld) -> None:
    parent = PARENT
    for number in range(2 * MOST_LEVELS):
        parent = child(f"level-{number}", parent)
        world.engines[CLUSTER].add(parent)

    assert len(await found(world)) == MOST_LEVELS
