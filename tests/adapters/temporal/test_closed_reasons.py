"""Closed runs on a real Temporal server that need a person: one alert each, which ends when the trouble is over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.blocks.notifications import draw
from bot.commands import Verify
from bot.fleet.notifications.notification import EpisodeCard
from bot.model import AlertReason, DayCount, Ending, Episode, ExecutionStatus
from bot.model.execution import HEARTBEAT_HINT
from bot.usecases.verify import verify
from bot.usecases.watch.completed_counts import count_completed
from bot.usecases.watch.state import WatchState
from tests.adapters.temporal.server import eventually
from tests.adapters.temporal.test_chains import CLUSTER, WorldOnTemporal
from tests.fakes.services import config
from tests.fleet.builders import CAMPAIGN
from tests.usecases.test_verify import tables
from tests.usecases.watch.passes import watch

# The heartbeat timeout of a run that copies: it is counted when that has passed since its end.
SETTLES_AFTER = timedelta(seconds=5)
copied = {"all": False}


@activity.defn
async def copy_days() -> None:
    raise OSError("disk full")


@activity.defn
async def copy_until_all_is_there() -> None:
    while not copied["all"]:
        activity.heartbeat("day", 7)
        await asyncio.sleep(0.1)


@workflow.defn(name="CustomerBackfill")
class Backfill:
    """Fails with its activity, copies, waits for ever, returns at once, or waits and returns when it is cancelled."""

    @workflow.run
    async def run(self, what: str) -> None:
        if what == "fail":
            await workflow.execute_activity(
                copy_days,
                start_to_close_timeout=timedelta(minutes=1),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        if what == "copy":
            await workflow.execute_activity(
                copy_until_all_is_there,
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=SETTLES_AFTER,
            )
        if what in ("copy", "return"):
            return
        try:
            await workflow.wait_condition(lambda: False)
        except asyncio.CancelledError:
            if what != "swallow":
                raise


@pytest.fixture
async def queue(client: Client, unique: str) -> AsyncIterator[str]:
    async with Worker(
        client,
        task_queue=unique,
        workflows=[Backfill],
        activities=[copy_days, copy_until_all_is_there],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
        graceful_shutdown_timeout=timedelta(0),
    ):
        yield unique


@dataclass
class Watched:
    """A world that is watched pass by pass, and the runs of one customer in it."""

    client: Client
    world: WorldOnTemporal
    customer: str
    states: list[WatchState] = field(default_factory=list)

    async def start(self, what: str) -> WorkflowHandle[Any, Any]:
        workflow_id = f"backfill-{self.customer}-{CAMPAIGN.start}-{CAMPAIGN.end}"
        return await self.client.start_workflow("CustomerBackfill", what, id=workflow_id, task_queue=self.customer)

    async def alerts(self) -> list[Episode]:
        """The alerts after another pass, in which completed runs are counted as well."""
        self.world.now = datetime.now(UTC)
        self.states[:] = [await watch(CLUSTER, self.world.services, *self.states)]
        await count_completed(self.states[0], self.world.services)
        return [episode for episode in self.world.journal.episodes.values() if episode.customer == self.customer]

    async def heartbeat_timeouts(self) -> list[str]:
        """Those that the run history has after another pass."""
        assert await self.alerts() == []
        recorded = await self.world.ledger.recall(CLUSTER)
        return [run.hints[HEARTBEAT_HINT] for run in recorded.executions if HEARTBEAT_HINT in run.hints]

    async def one_open(self) -> Episode:
        """A run whose heartbeat timeout is not known is counted only a minute after its end."""
        (alert,) = await eventually(self.alerts, bool, within=180)
        assert alert.is_open
        return alert

    async def over(self) -> Episode:
        (alert,) = await eventually(self.alerts, lambda found: not any(each.is_open for each in found), within=60)
        return alert


def watched(client: Client, engine: TemporalEngine, customer: str, **sections: Any) -> Watched:
    often = config({CLUSTER: (customer,)}, watch={"slow_round": "1s", "every": "1s"}, **sections)
    return Watched(client, WorldOnTemporal(config=often, now=datetime.now(UTC), temporal=engine), customer)


async def test_a_run_that_fails_is_an_alert_with_its_cause_until_another_run_takes_its_days(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    backfills = watched(client, engine, queue)
    await backfills.alerts()
    await backfills.start("fail")
    alert = await backfills.one_open()
    await backfills.start("wait")
    over = await backfills.over()

    assert (alert.alert_reason, alert.customer) == (AlertReason.FAILED, queue)
    text = draw(EpisodeCard(alert)).text
    assert text.startswith(f"{queue} on {CLUSTER} failed: 51 days missing (Jan 1–Feb 20), and nothing is running.")
    assert ": activity copy_days: " in text
    assert "disk full" in text
    assert over.ending is Ending.REPLACED


async def test_a_run_that_returns_when_it_is_cancelled_is_in_doubt_until_another_run_takes_its_days(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    backfills = watched(client, engine, queue)
    await backfills.alerts()
    handle = await backfills.start("swallow")
    await handle.cancel()
    await handle.result()
    alert = await backfills.one_open()
    await backfills.start("return")
    over = await backfills.over()

    assert alert.alert_reason is AlertReason.IN_DOUBT
    assert "completed after a cancel was requested" in draw(EpisodeCard(alert)).text
    assert over.ending in (Ending.REPLACED, Ending.COMPLETED)


async def test_a_run_that_wrote_too_few_rows_is_an_alert_until_a_count_matches(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    counted = tables("scores", expected="SELECT day, rows")
    backfills = watched(client, engine, queue, verify=counted, alerts={"mismatch": {"settle": "1s"}})
    warehouse = backfills.world.warehouses[CLUSTER]
    warehouse.fill("scores", queue, CAMPAIGN, 100)
    warehouse.stored["scores", queue][CAMPAIGN.last] = DayCount(90, 90)
    copied["all"] = False
    await backfills.alerts()
    handle = await backfills.start("copy")
    await eventually(backfills.heartbeat_timeouts, bool, within=60)
    copied["all"] = True
    await handle.result()
    alert = await backfills.one_open()
    warehouse.fill("scores", queue, CAMPAIGN, 100)
    await verify(Verify(target=queue), backfills.world.services)
    over = await backfills.over()

    assert alert.alert_reason is AlertReason.MISMATCH
    assert "Feb 20" in draw(EpisodeCard(alert)).text
    assert over.ending is Ending.COMPLETED


async def test_reasons_of_closed_runs_that_are_switched_off_are_silent(
    client: Client, engine: TemporalEngine, queue: str
) -> None:
    off = {reason: {"on": False} for reason in ("failed", "in_doubt", "mismatch")}
    backfills = watched(client, engine, queue, alerts=off)
    await backfills.alerts()
    handle = await backfills.start("fail")
    with pytest.raises(WorkflowFailureError):
        await handle.result()

    async def is_known() -> bool:
        assert await backfills.alerts() == []
        recorded = await backfills.world.ledger.recall(CLUSTER)
        return any(run.status is ExecutionStatus.FAILED for run in recorded.executions)

    await eventually(is_known, bool, within=60)

    assert await backfills.alerts() == []
