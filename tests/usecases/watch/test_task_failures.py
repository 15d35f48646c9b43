"""The alert of a blocked run says since when its code fails and why. Temporal is asked about each such run once."""

import pytest

from bot.blocks.notifications import draw
from bot.errors import Unavailable
from bot.fleet.notifications.notification import EpisodeCard
from bot.model import AlertReason, Description, Failure, FailureKind, Ref, TaskFailure
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
    async def away(_: FakeEngine, ref: Ref) -> TaskFailure | None:
        raise Unavailable("Temporal", f"no history of {ref.workflow_id}")

    with monkeypatch.context() as patched:
        patched.setattr(FakeEngine, "task_failure", away)
        state = await watch(CLUSTER, world.services)
    before = await text(world)
    world.engines[CLUSTER].task_failures[REF] = BUG
    await watch(CLUSTER, world.services, state)

    assert "KeyError" not in before
    assert "KeyError" in await text(world)
