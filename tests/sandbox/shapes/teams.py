"""A worker of one shape inside the test, for one customer of that test alone."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import aiohttp
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from sandbox.scenario.model import Customer, Rows, Shape, State
from sandbox.scenario.runs import Range, Run
from sandbox.source_rows import make_source_rows
from sandbox.worker.copying import ClusterWork, CopyActivities
from sandbox.worker.shapes import SHAPES
from sandbox.worker.shapes.team import shape_worker
from sandbox.worker.tables import Tables
from tests.sandbox.fleet import CAMPAIGN, HOUR, PACE

FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class Team:
    """Starts runs of its customer as the team of that shape would."""

    client: Client
    shape: Shape
    customer: str
    task_queue: str

    async def start(self, days: int = 10, days_before_story: int = 0) -> WorkflowHandle[Any, Any]:
        days_of_run = Range(FIRST, FIRST + timedelta(days=days))
        start = SHAPES[self.shape].start(Run("alpha", self.customer, days_of_run, State.RUNNING, days_before_story))
        pairs = [
            SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
            for name, value in start.search_attributes.items()
        ]
        return await self.client.start_workflow(
            start.workflow_type,
            args=start.arguments,
            id=start.id,
            task_queue=self.task_queue,
            search_attributes=TypedSearchAttributes(pairs),
            memo=start.memo,
        )


@asynccontextmanager
async def team(
    shape: Shape, client: Client, http: aiohttp.ClientSession, clickhouse_url: str, **customer: Any
) -> AsyncIterator[Team]:
    """`customer` are its keys in a scenario; it has 4 scorecards and 10 scores a day to copy."""
    parts, name, task_queue = SHAPES[shape], f"acme-{uuid.uuid4()}", f"queue-{uuid.uuid4()}"
    customers = {name: Customer.model_validate({"scorecards": 40_000, "scores": 100_000, "hours": 1, **customer})}
    await make_source_rows(http, clickhouse_url, customers, CAMPAIGN, Rows())
    own = Client(client.service_client, namespace=client.namespace, data_converter=parts.data_converter)
    work = ClusterWork(CAMPAIGN, customers, PACE, speed=HOUR)
    activities = CopyActivities(work, Tables(http, clickhouse_url), parts.details)
    async with shape_worker(own, parts, task_queue, activities):
        yield Team(own, shape, name, task_queue)


async def pending_activities(handle: WorkflowHandle[Any, Any], client: Client) -> Sequence[PendingActivityInfo]:
    """Those of a run and of its children that have started: a parent lists a child before there is one."""
    described = (await handle.describe()).raw_description
    found = list(described.pending_activities)
    for child in described.pending_children:
        if child.run_id:
            below = await client.get_workflow_handle(child.workflow_id, run_id=child.run_id).describe()
            found += below.raw_description.pending_activities
    return found
