"""The alert of a blocked run says since when its code fails and why. Temporal is asked about each such run once."""

from collections import Counter
from dataclasses import replace

import pytest

from bot.blocks.notifications import draw
from bot.errors import Refused, Unavailable
from bot.fleet.notifications.notification import EpisodeCard
from bot.model import AlertReason, Description, Failure, FailureKind, Ref, TaskFailure
from bot.usecases.watch.task_failures import MOST_AT_ONCE
from tests.fakes.engine import FakeEngine
from tests.fakes.services import NOW, FakeWorld
from tests.usecases.watch.passes import watch
from tests.usecases.watch.test_watch import CLUSTER, REF, RUNNING

BUG = TaskFailure(NOW, Failure(FailureKind.APPLICATION, "KeyError: 'day'"))


@pytest.fixture
def world() -> FakeWorld:
    """hilton's workflow task is on its third attempt."""
    world = FakeWorld()
    world.engines[CLUSTER].put(Description(RUNNING, (), cancel_requested=False, workflow_task_attempt=3))
    return world


async def away(_: FakeEngine, ref: Ref) -> TaskFailure | None:
    raise Unavailable("Temporal", f"no history of {ref.workflow_id}")


async def text(world: FakeWorld) -> str:
    (alert,) = await world.journal.open_episodes()
    assert alert.alert_reason is AlertReason.BLOCKED
    return draw(EpisodeCard(alert)).text


async def test_the_alert_says_since_when_the_code_fails_and_why(world: FakeWorld) -> None:
    world.engines[CLUSTER].task_failures[REF] = BUG
    await watch(CLUSTER, world.services)

    since = f"{NOW:%Y-%m-%d %H:%M} UTC"
    assert f"Its workflow code has failed on every retry since {since}: KeyError: 'day'." in await text(world)


async def test_each_blocked_run_is_asked_about_once(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Ref] = []

    async def task_failure(_: FakeEngine, ref: Ref) -> TaskFailure | None:
        asked.append(ref)
        return None

    monkeypatch.setattr(FakeEngine, "task_failure", task_failure)
    state = await watch(CLUSTER, world.services)
    await watch(CLUSTER, world.services, state)

    assert asked == [REF]
    assert "Its workflow code fails on every retry; Temporal has the error, in WorkflowTaskFailed." in await text(
        world
    )


async def test_while_the_history_cannot_be_read_the_alert_opens_without_it_and_learns_it_later(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FakeEngine, "task_failure", away)
        state = await watch(CLUSTER, world.services)
    before = await text(world)
    world.engines[CLUSTER].task_failures[REF] = BUG
    await watch(CLUSTER, world.services, state)

    assert "KeyError" not in before
    assert "KeyError" in await text(world)


async def test_a_restart_keeps_why_the_code_fails_and_edits_no_alert(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.engines[CLUSTER].task_failures[REF] = BUG
    await watch(CLUSTER, world.services)
    (before,) = await world.journal.open_episodes()
    monkeypatch.setattr(FakeEngine, "task_failure", away)
    await watch(CLUSTER, world.services)
    (after,) = await world.journal.open_episodes()

    assert (after.revision, after.facts) == (before.revision, before.facts)


async def test_those_whose_history_cannot_be_read_are_asked_about_after_the_others(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A faulty deployment blocks 60 runs, and the first ones have histories that are too large to read."""
    names = [f"customer-{number:02}" for number in range(3 * MOST_AT_ONCE)]
    runs = [replace(RUNNING, ref=replace(REF, workflow_id=name)) for name in names]
    for run in runs:
        world.engines[CLUSTER].put(Description(run, (), cancel_requested=False, workflow_task_attempt=3))
    asked = Counter[str]()

    async def never(_: FakeEngine, ref: Ref) -> TaskFailure | None:
        asked[ref.workflow_id] += 1
        raise Unavailable("Temporal", "message too large")

    monkeypatch.setattr(FakeEngine, "task_failure", never)
    state = await watch(CLUSTER, world.services)
    for _ in range(len(names) // MOST_AT_ONCE):
        counted = asked.total()
        await watch(CLUSTER, world.services, state)
        assert counted < asked.total() <= counted + MOST_AT_ONCE

    assert set(names) <= set(asked)


async def test_a_history_that_the_server_refuses_is_not_asked_for_again(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Ref] = []

    async def refused(_: FakeEngine, ref: Ref) -> TaskFailure | None:
        asked.append(ref)
        raise Refused("Temporal", "no right to read histories")

    monkeypatch.setattr(FakeEngine, "task_failure", refused)
    state = await watch(CLUSTER, world.services)
    await watch(CLUSTER, world.services, state)

    assert asked == [REF]
