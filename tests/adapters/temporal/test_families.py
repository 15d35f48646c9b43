"""A parent and its children on a real Temporal server: of what times out below it there is one alert, its own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import EpisodeCard
from bot.model import Episode, Window
from bot.usecases.watch.state import WatchState
from tests.adapters.temporal.server import HEARTBEAT_TIMEOUT, NEVER_MISSED, beat, eventually, go_silent
from tests.adapters.temporal.test_chains import CLUSTER, WorldOnTemporal
from tests.fakes.services import config
from tests.usecases.watch.passes import watch
from tests.wording import TIMED_OUT

DAYS = 5
SILENT = (2, 4)


@workflow.defn(name="CopyDay")
class CopyDay:
    """Runs the named activity until it is ended."""

    @workflow.run
    async def run(self, what: str) -> None:
        await workflow.execute_activity(
            what,
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=HEARTBEAT_TIMEOUT if what == "go_silent" else NEVER_MISSED,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1),
        )


@workflow.defn(name="CustomerBackfill")
class Parent:
    """Has a child for each day; those of some days go silent."""

    @workflow.run
    async def run(self, customer: str) -> None:
        await asyncio.gather(
            *(
                workflow.execute_child_workflow(
                    "CopyDay",
                    "go_silent" if day in SILENT else "beat",
                    id=f"backfill-{customer}-2026-01-0{day}-2026-01-0{day + 1}",
                )
                for day in range(1, DAYS + 1)
            )
        )


@pytest.fixture
async def customer(client: Client, unique: str) -> AsyncIterator[str]:
    """Its parent runs, and five children below it."""
    async with Worker(
        client,
        task_queue=unique,
        workflows=[Parent, CopyDay],
        activities=[beat, go_silent],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
        default_heartbeat_throttle_interval=timedelta(milliseconds=100),
        graceful_shutdown_timeout=timedelta(0),
    ):
        handle = await client.start_workflow(
            "CustomerBackfill", unique, id=f"backfill-{unique}-2026-01-01-2026-02-21", task_queue=unique
        )
        yield unique
        await handle.terminate()


async def test_a_parent_of_whose_five_children_two_time_out_is_one_alert_that_names_both(
    engine: TemporalEngine, customer: str
) -> None:
    often = config({CLUSTER: ("hilton",)}, watch={"slow_round": "1s", "every": "1s"})
    world = WorldOnTemporal(config=often, now=datetime.now(UTC), temporal=engine)
    state: WatchState | None = None

    async def alerts_after_pass() -> list[Episode]:
        nonlocal state
        world.now = datetime.now(UTC)
        state = await watch(CLUSTER, world.services, state)
        return [episode for episode in world.journal.episodes.values() if customer in episode.ref.workflow_id]

    def has_both(found: list[Episode]) -> bool:
        return any(episode.children and episode.children.number == len(SILENT) for episode in found)

    (alert,) = await eventually(alerts_after_pass, has_both, within=60)

    assert alert.customer == customer
    assert alert.children
    assert alert.children.total == DAYS
    assert [child.window for child in alert.children.first] == [
        Window(date(2026, 1, day), date(2026, 1, day + 1)) for day in SILENT
    ]
    text = draw(EpisodeCard(alert)).text
    assert "2 of 5 open children time out: Jan 2, Jan 4." in text
    assert f"{customer} on {CLUSTER} {TIMED_OUT}. Attempt " in text
    assert " of child Jan " in text
