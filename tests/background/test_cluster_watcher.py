"""The watcher of a cluster, listing by listing."""

from dataclasses import replace
from datetime import timedelta

from bot.background.cluster_watcher import ClusterWatcher
from bot.model import AlertReason, CloseEvent, Description, ExecutionStatus
from bot.model.queue import Batch, Enqueue, QueuedCustomer, QueueOrder
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, execution

CLUSTER = "voice-prod"


async def test_a_listing_after_somebody_has_queued_a_failed_customer_makes_its_alert_wait() -> None:
    world = FakeWorld()
    watcher = ClusterWatcher(CLUSTER, world.services, lambda: None)
    run = execution("hilton", started_at=world.now)
    world.engines[CLUSTER].put(Description(run, (activity(),), cancel_requested=False, workflow_task_attempt=1))
    await watcher.list_runs()
    world.now += timedelta(minutes=1)
    world.engines[CLUSTER].add(replace(run, status=ExecutionStatus.FAILED, closed_at=world.now))
    world.engines[CLUSTER].close_events[run.ref] = CloseEvent()
    await watcher.list_runs()
    (failed,) = await world.journal.open_episodes()

    batch = Batch("b1", "U1", "campaign", "missing", CAMPAIGN)
    customers = (QueuedCustomer("hilton", 5, batch.id),)
    await world.services.clusters[CLUSTER].queue.enqueue(Enqueue(batch, customers, QueueOrder.SMALLEST))
    await watcher.list_runs()

    (queued,) = await world.journal.open_episodes()
    assert failed.alert_reason is AlertReason.FAILED
    assert (failed.is_queued, queued.is_queued) == (False, True)
