"""A run that fails on a real Temporal server: an alert with its cause, until another run takes its days."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import EpisodeCard
from bot.model import AlertReason, Ending, Episode
from bot.usecases.watch.state import WatchState
from tests.adapters.temporal.server import eventually
from tests.adapters.temporal.test_chains import CLUSTER, WorldOnTemporal
from tests.fakes.services import config
from tests.usecases.watch.passes import watch


@activity.defn
async def copy_days() -> None:
    raise OSError("disk full")


@workflow.defn(name="CustomerBackfill")
class Backfill:
    """Fails with its activity, or waits for ever."""

    @workflow.run
    async def run(self, fails: bool) -> None:
        if fails:
            await workflow.execute_activity(
                copy_days,
                start_to_close_timeout=timedelta(minutes=1),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        await workflow.wait_condition(lambda: False)


@pytest.fixture
async def queue(client: Client, unique: str) -> AsyncIterator[str]:
    async with Worker(
        client,
        task_queue=unique,
        workflows=[Backfill],
        activities=[copy_days],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(0),
    ):
        yield unique


async def test_a_run_that_fails_is_an_alert_with_its_cause_until_another_run_takes_its_days(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    often = config({CLUSTER: ("hilton",)}, watch={"slow_round": "1s", "every": "1s"})
    world = WorldOnTemporal(config=often, now=datetime.now(UTC), temporal=engine)
    states: list[WatchState] = []

    async def alerts_after_pass() -> list[Episode]:
        world.now = datetime.now(UTC)
        states[:] = [await watch(CLUSTER, world.services, *states)]
        return [episode for episode in world.journal.episodes.values() if queue in episode.ref.workflow_id]

    async def start(*, fails: bool) -> None:
        workflow_id = f"backfill-{queue}-2026-01-01-2026-02-21"
        await client.start_workflow("CustomerBackfill", fails, id=workflow_id, task_queue=queue)

    await alerts_after_pass()
    await start(fails=True)
    (alert,) = await eventually(alerts_after_pass, bool, within=60)
    await start(fails=False)
    (over,) = await eventually(alerts_after_pass, lambda found: not any(each.is_open for each in found), within=60)

    assert (alert.alert_reason, alert.customer) == (AlertReason.FAILED, queue)
    text = draw(EpisodeCard(alert)).text
    assert text.startswith(f"{queue} on {CLUSTER} failed: 51 days missing (Jan 1–Feb 20), and nothing is running.")
    assert ": activity copy_days: " in text
    assert "disk full" in text
    assert over.ending is Ending.REPLACED
