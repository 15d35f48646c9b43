"""A worker of CustomerBackfill inside the test, for customers of that test alone."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from sandbox.scenario.model import Campaign, Customer
from sandbox.scenario.pace import WorldPace
from sandbox.worker.contract import Backfill, Progress
from sandbox.worker.copying import ClusterWork, CopyActivities
from sandbox.worker.tables import Tables
from sandbox.worker.workflow import CustomerBackfill

CAMPAIGN = Campaign.model_validate({"start": "2026-01-01", "end": "2026-01-11", "timezone": "UTC"})
PACE = WorldPace(timedelta(seconds=2), timedelta(milliseconds=400), timedelta(milliseconds=200))
HOUR = 3600.0


class Fleet:
    """A worker for customers of this test alone; at this speed an hour lasts a second."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client, self._task_queue = client, task_queue

    async def submit(self, backfill: Backfill) -> WorkflowHandle[Any, Progress]:
        return await self._client.start_workflow(
            CustomerBackfill.run, backfill, id=f"test-{uuid.uuid4()}", task_queue=self._task_queue
        )


@asynccontextmanager
async def fleet(
    client: Client, http: aiohttp.ClientSession, url: str, customers: dict[str, Customer]
) -> AsyncIterator[Fleet]:
    task_queue = f"queue-{uuid.uuid4()}"
    activities = CopyActivities(ClusterWork(CAMPAIGN, customers, PACE, speed=HOUR), Tables(http, url))
    async with Worker(
        client,
        task_queue=task_queue,
        workflows=[CustomerBackfill],
        activities=[activities.activity_pace, activities.copy_days],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=PACE.heartbeat_every,
        default_heartbeat_throttle_interval=PACE.heartbeat_every,
    ):
        yield Fleet(client, task_queue)


async def pending(handle: WorkflowHandle[Any, Progress]) -> PendingActivityInfo | None:
    described = await handle.describe()
    activities = described.raw_description.pending_activities
    return activities[0] if activities else None
