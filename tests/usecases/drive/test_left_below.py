"""A run that was cut or did not complete is over once what ends with it has closed, too."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import DependencyError, Refused, Unavailable
from bot.fleet.sequence.halving import rest
from bot.model import (
    ClosePolicy,
    Description,
    DoubtReason,
    Execution,
    ExecutionStatus,
    FollowedRun,
    PendingChild,
    Ref,
)
from bot.model.execution import CHAIN_HINT, HEARTBEAT_HINT, PARENT_HINT, PARENT_RUN_HINT
from bot.usecases.drive.cancel_run import cancel_run
from bot.usecases.drive.follow import follow
from bot.usecases.observe import lasting_child_facts
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import description
from tests.usecases.drive.test_follow import CLUSTER, FIVE_MINUTES, REF, run

S = ExecutionStatus
CHILD = Ref(CLUSTER, "copy-1", "run-of-copy-1")
WORKFLOW = {"types": ["CustomerBackfill"], "task_queue": "backfill", "child_types": ["CopyDays"]}


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(config({CLUSTER: ("hilton",)}, watch={"every": "0.01s"}, workflow=WORKFLOW))


def parent(status: ExecutionStatus, *policies: ClosePolicy, is_cancelled: bool = False, of: Ref = REF) -> Description:
    """A closed run; the children that were open at its end are called copy-1 and so on."""
    refs = [Ref(CLUSTER, f"copy-{number}", f"run-of-copy-{number}") for number in range(1, len(policies) + 1)]
    left = tuple(PendingChild(ref, "CopyDays", policy) for ref, policy in zip(refs, policies, strict=True))
    return description(of=run(status, of, hours=-1), children=left, cancel_requested=is_cancelled)


def child(status: ExecutionStatus = S.RUNNING, ref: Ref = CHILD, of: Ref = REF, **changes: Any) -> Execution:
    hints = {PARENT_HINT: of.workflow_id, PARENT_RUN_HINT: of.run_id, HEARTBEAT_HINT: "300"}
    return replace(run(status, ref), workflow_type=changes.pop("type", "CopyDays"), hints=hints, **changes)


def beating(then: Callable[[], object]) -> Callable[[timedelta], None]:
    """Heartbeats; at the third one, something happens."""
    beats = list[timedelta]()

    def beat(longest: timedelta) -> None:
        beats.append(longest)
        if len(beats) == 3:
            then()

    return beat


async def followed(world: FakeWorld, limit: int | None, *later: Execution) -> FollowedRun:
    """The run; at the third heartbeat, these runs take the places of what is there."""
    return await follow(
        REF, limit, world.services, beating(lambda: [world.engines[CLUSTER].add(each) for each in later])
    )


@pytest.mark.parametrize("policy", [ClosePolicy.REQUEST_CANCEL, ClosePolicy.ABANDON])
@pytest.mark.parametrize(
    ("status", "is_cancelled"), [(S.CANCELLED, True), (S.COMPLETED, True), (S.FAILED, False), (S.TERMINATED, False)]
)
async def test_it_is_followed_until_what_ends_with_it_has_closed(
    world: FakeWorld, policy: ClosePolicy, status: ExecutionStatus, is_cancelled: bool
) -> None:
    world.engines[CLUSTER].put(parent(status, policy, is_cancelled=is_cancelled))
    world.engines[CLUSTER].add(child())
    end = await followed(world, None, child(S.CANCELLED))

    assert (end.status, end.below, end.heartbeat_timeout) == (status, CHILD, FIVE_MINUTES)
    assert rest(end) == FIVE_MINUTES


async def test_a_child_that_no_listing_has_yet_counts_and_so_does_the_run_that_continues_it(world: FakeWorld) -> None:
    later = Ref(CLUSTER, CHILD.workflow_id, "later")
    chained = {CHAIN_HINT: CHILD.run_id, HEARTBEAT_HINT: "300"}
    world.engines[CLUSTER].put(parent(S.CANCELLED, ClosePolicy.REQUEST_CANCEL))
    world.engines[CLUSTER].add(replace(child(S.CONTINUED_AS_NEW), hints={}))
    world.engines[CLUSTER].add(replace(run(ref=later, hours=2), hints=chained))
    end = await followed(world, None, replace(run(S.CANCELLED, later, hours=2), hints=chained))

    assert (end.status, end.below) == (S.CANCELLED, later)


async def test_children_of_earlier_links_count(world: FakeWorld) -> None:
    latest = replace(REF, run_id="r2")
    first = parent(S.CONTINUED_AS_NEW, ClosePolicy.ABANDON)
    world.engines[CLUSTER].put(first)
    world.engines[CLUSTER].add(replace(run(S.CANCELLED, latest), hints={CHAIN_HINT: REF.run_id}))
    world.engines[CLUSTER].add(replace(child(), hints={HEARTBEAT_HINT: "300"}))
    end = await followed(world, None, replace(child(S.CANCELLED), hints={}))

    assert (end.ref, end.below) == (latest, CHILD)


async def test_what_the_run_abandons_on_purpose_is_not_waited_for(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(parent(S.CANCELLED, ClosePolicy.ABANDON))
    world.engines[CLUSTER].add(child(type="PublishTotals"))

    assert (await followed(world, None)).below is None


@pytest.mark.parametrize("limit", [0, 2])
async def test_a_run_that_somebody_has_to_end_below_counts_as_running(world: FakeWorld, limit: int) -> None:
    world.engines[CLUSTER].put(parent(S.FAILED, ClosePolicy.ABANDON))
    world.engines[CLUSTER].add(child())
    end = await followed(world, limit)

    assert (end.status, end.below, end.closed_at) == (S.RUNNING, CHILD, None)


async def test_a_child_that_the_end_of_a_completed_run_cancels_has_time_to_close(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting_child_facts, "AGAIN_AFTER", timedelta(0))
    world.engines[CLUSTER].put(parent(S.COMPLETED, ClosePolicy.REQUEST_CANCEL))
    world.engines[CLUSTER].add(child())
    end = await followed(world, 2, child(S.CANCELLED))

    assert (end.is_complete, end.below, rest(end)) == (True, CHILD, FIVE_MINUTES)


async def test_a_completed_run_is_in_doubt_if_its_child_takes_longer_or_is_abandoned(world: FakeWorld) -> None:
    for policy, hours in ((ClosePolicy.REQUEST_CANCEL, 1), (ClosePolicy.ABANDON, 0)):
        world.now = NOW + timedelta(hours=hours)
        world.engines[CLUSTER].put(parent(S.COMPLETED, policy))
        world.engines[CLUSTER].add(child())
        end = await followed(world, 2)

        assert (end.status, end.doubt and end.doubt.reason) == (S.COMPLETED, DoubtReason.CHILD_OPEN)


async def test_cancelling_reaches_what_ends_with_any_link_of_the_chain_and_with_a_closed_run(
    world: FakeWorld,
) -> None:
    latest, own = replace(REF, run_id="r2"), Ref(CLUSTER, "copy-2", "run-of-copy-2")
    world.engines[CLUSTER].put(parent(S.CONTINUED_AS_NEW, ClosePolicy.ABANDON))
    world.engines[CLUSTER].add(replace(run(S.FAILED, latest), hints={CHAIN_HINT: REF.run_id}))
    world.engines[CLUSTER].add(child())
    world.engines[CLUSTER].add(child(ref=own, of=latest))

    assert await cancel_run(REF, "because", world.services) == FIVE_MINUTES
    assert sorted(ref for ref, _ in world.controls[CLUSTER].cancelled) == [CHILD, own]


@pytest.mark.parametrize("problem", [Unavailable("Temporal", "busy"), Refused("Temporal", "not permitted")])
async def test_a_run_that_could_not_be_described_is_cancelled_and_what_ends_with_it_with_the_next_try(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch, problem: DependencyError
) -> None:
    async def failing(ref: Ref) -> Description:
        raise problem

    async def unseen(ref: Ref, reason: str) -> None:
        world.controls[CLUSTER].cancelled.append((ref, reason))

    world.engines[CLUSTER].put(parent(S.RUNNING, ClosePolicy.ABANDON))
    world.engines[CLUSTER].add(child())
    with monkeypatch.context() as patched:
        patched.setattr(world.engines[CLUSTER], "describe", failing)
        patched.setattr(world.controls[CLUSTER], "cancel", unseen)
        with pytest.raises(type(problem)):
            await cancel_run(REF, "because", world.services)
    first = [ref for ref, _ in world.controls[CLUSTER].cancelled]
    longest = await cancel_run(REF, "because", world.services)

    assert (first, longest) == ([REF], FIVE_MINUTES)
    assert CHILD in [ref for ref, _ in world.controls[CLUSTER].cancelled]


async def test_heartbeats_go_on_while_a_large_family_is_searched(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, is_beating = world.engines[CLUSTER], asyncio.Event()
    engine.put(parent(S.CANCELLED))
    listed = engine.children

    async def children(parents: Collection[Ref]) -> list[Execution]:
        await is_beating.wait()
        return await listed(parents)

    monkeypatch.setattr(engine, "children", children)
    monkeypatch.setattr("bot.usecases.drive.follow.BEAT_EVERY", timedelta(milliseconds=1))
    end = await asyncio.wait_for(follow(REF, None, world.services, lambda _: is_beating.set()), 10)

    assert end.status is S.CANCELLED
