"""Runs on a real Temporal server that need a person although no heartbeat is missing: one alert each, which ends when
the trouble is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import EpisodeCard
from bot.model import AlertReason, Ending, Episode
from bot.usecases.watch.state import WatchState
from tests.adapters.temporal.server import NEVER_MISSED, eventually
from tests.adapters.temporal.test_chains import CLUSTER, WorldOnTemporal
from tests.fakes.services import config
from tests.usecases.watch.passes import watch

ENOUGH = 5
OFTEN = {"slow_round": "1s", "every": "1s", "no_worker_after": "1s", "stalled_after": "2s"}
broken = {"code": False}
moving = {"on": False}


@activity.defn
async def fail_at_first() -> None:
    if activity.info().attempt < ENOUGH:
        raise OSError("disk full")


@activity.defn
async def stand_still() -> None:
    """Send heartbeats that say the same, until it is to move; then others, for as long as it lasts."""
    number = 7
    while True:
        activity.heartbeat("day", number)
        number += moving["on"]
        await asyncio.sleep(0.2)


@activity.defn
async def never_taken() -> None:
    """Nobody polls its queue."""


@workflow.defn(name="CustomerBackfill")
class Troubled:
    """Runs the named activity, or fails in its own code for as long as that is broken."""

    @workflow.run
    async def run(self, what: str, queue: str) -> None:
        if what == "bug" and broken["code"]:
            raise RuntimeError("a bug in the workflow")
        if what != "bug":
            await workflow.execute_activity(
                what,
                task_queue=queue,
                start_to_close_timeout=timedelta(hours=1),
                heartbeat_timeout=NEVER_MISSED if what == "stand_still" else None,
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1),
            )


def a_worker(client: Client, queue: str) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=[Troubled],
        activities=[fail_at_first, never_taken, stand_still],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
        graceful_shutdown_timeout=timedelta(0),
    )


@pytest.fixture
async def queue(client: Client, unique: str) -> AsyncIterator[str]:
    async with a_worker(client, unique):
        yield unique


@pytest.fixture
def alerts(engine: TemporalEngine, unique: str) -> Callable[[], Awaitable[list[Episode]]]:
    """Looks at the cluster, and gives the alerts of this test."""
    return alerts_of(WorldOnTemporal(config({CLUSTER: ("hilton",)}, watch=OFTEN), temporal=engine), unique)


def alerts_of(world: WorldOnTemporal, unique: str) -> Callable[[], Awaitable[list[Episode]]]:
    states: list[WatchState] = []

    async def alerts_after_pass() -> list[Episode]:
        world.now = datetime.now(UTC)
        states[:] = [await watch(CLUSTER, world.services, *states)]
        return [episode for episode in world.journal.episodes.values() if unique in episode.ref.workflow_id]

    return alerts_after_pass


async def start(client: Client, what: str, queue: str, of_activity: str = "") -> None:
    workflow_id = f"backfill-{queue}-2026-01-01-2026-02-21"
    await client.start_workflow(
        "CustomerBackfill", args=[what, of_activity or queue], id=workflow_id, task_queue=queue
    )


def is_open(found: list[Episode]) -> bool:
    return any(episode.is_open for episode in found)


def is_over(found: list[Episode]) -> bool:
    return bool(found) and not is_open(found)


async def test_an_activity_that_keeps_failing_is_an_alert_with_its_cause(
    client: Client, queue: str, alerts: Callable[[], Awaitable[list[Episode]]]
) -> None:
    await start(client, "fail_at_first", queue)
    (alert,) = await eventually(alerts, is_open, within=60)
    (over,) = await eventually(alerts, is_over, within=60)

    assert alert.alert_reason is AlertReason.RETRYING
    assert "Last failure: OSError: disk full." in draw(EpisodeCard(alert)).text
    assert over.ending in (Ending.RECOVERED, Ending.COMPLETED)


async def test_an_activity_that_no_worker_takes_is_an_alert_until_one_does(
    client: Client, queue: str, alerts: Callable[[], Awaitable[list[Episode]]]
) -> None:
    nobodys = f"{queue}-of-nobody"
    await start(client, "never_taken", queue, nobodys)
    (alert,) = await eventually(alerts, is_open, within=60)
    async with a_worker(client, nobodys):
        (over,) = await eventually(alerts, is_over, within=60)

    assert alert.alert_reason is AlertReason.NO_WORKER
    assert (alert.facts.task_queue, alert.facts.pollers) == (nobodys, 0)
    assert over.ending in (Ending.RECOVERED, Ending.COMPLETED)


async def test_a_workflow_whose_own_code_fails_is_an_alert_until_the_code_is_mended(
    client: Client, queue: str, alerts: Callable[[], Awaitable[list[Episode]]]
) -> None:
    broken["code"] = True
    await start(client, "bug", queue)
    (alert,) = await eventually(alerts, is_open, within=60)
    broken["code"] = False
    (over,) = await eventually(alerts, is_over, within=60)

    assert alert.alert_reason is AlertReason.BLOCKED
    assert "RuntimeError: a bug in the workflow." in draw(EpisodeCard(alert)).text
    assert over.ending in (Ending.RECOVERED, Ending.COMPLETED)


async def test_an_activity_whose_heartbeats_say_the_same_is_an_alert_until_it_moves(
    client: Client, queue: str, alerts: Callable[[], Awaitable[list[Episode]]]
) -> None:
    moving["on"] = False
    await start(client, "stand_still", queue)
    (alert,) = await eventually(alerts, is_open, within=60)
    moving["on"] = True
    (over,) = await eventually(alerts, is_over, within=60)

    assert alert.alert_reason is AlertReason.STALLED
    assert over.ending is Ending.RECOVERED


async def test_a_reason_that_is_switched_off_is_silent(client: Client, engine: TemporalEngine, queue: str) -> None:
    off = {reason: {"on": False} for reason in ("retrying", "stalled", "blocked", "no_worker")}
    world = WorldOnTemporal(config({CLUSTER: ("hilton",)}, watch=OFTEN, alerts=off), temporal=engine)
    alerts = alerts_of(world, queue)
    await start(client, "fail_at_first", queue)
    handle = client.get_workflow_handle(f"backfill-{queue}-2026-01-01-2026-02-21")

    async def seen_to_the_end() -> bool:
        found.extend(await alerts())
        return (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED

    found: list[Episode] = []
    await eventually(seen_to_the_end, bool, within=60)

    assert any(failure.ref.workflow_id == handle.id for failure in world.journal.seen.values())
    assert found == await alerts() == []
