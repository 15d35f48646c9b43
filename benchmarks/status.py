"""Measures ``/backfill status`` against the calls that it cannot do without, made by the bare Temporal client."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from benchmarks import alone
from benchmarks.pairs import compare
from benchmarks.result import Measuring
from bot.adapters.temporal import TemporalCluster, TemporalEngine
from bot.blocks.status import render
from bot.commands import Status
from bot.config import TemporalAddress
from bot.services import Services
from bot.usecases.status import status
from bot.wiring import utc_now
from tests.adapters.temporal.server import QUEUE, TemporalServer
from tests.fakes.services import FakeWorld, config

OPEN = 200
CLUSTER = "bench"
WORKFLOW = "CustomerBackfill"
AT_ONCE = 16


async def measure() -> Measuring:
    """Ask about a cluster with 200 open runs and no worker."""
    server = TemporalServer()
    server.start()
    try:
        client = await Client.connect(server.address)
        await _fill(client)
        services = _services(server.address)

        async def work() -> object:
            # Without these caches, as in a bot that does not watch the cluster and that nobody has just asked.
            services.latest.clear()
            services.shared_looks.clear()
            return render(await status(Status(), services), Status())

        yield await compare(
            f"status, {OPEN} running", work, lambda: _floor(client), "the same calls by the bare client"
        )
    finally:
        server.stop()


async def _fill(client: Client) -> None:
    for number in range(OPEN):
        await client.start_workflow(
            WORKFLOW,
            id=f"backfill-customer-{number}-2026-01-01-2026-02-21",
            task_queue=QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )


def _services(address: str) -> Services:
    world = FakeWorld(config({CLUSTER: tuple(f"customer-{number}" for number in range(OPEN))}))
    temporal = TemporalAddress(address=address, namespace="default")
    engine = TemporalEngine(TemporalCluster(CLUSTER, temporal, timedelta(seconds=30)), utc_now)
    services = world.services
    return replace(services, clusters={CLUSTER: replace(services.clusters[CLUSTER], engine=engine)}, now=utc_now)


async def _floor(client: Client) -> object:
    turns = asyncio.Semaphore(AT_ONCE)

    async def describe(workflow_id: str, run_id: str | None) -> object:
        async with turns:
            return await client.get_workflow_handle(workflow_id, run_id=run_id).describe()

    listed = [run async for run in client.list_workflows(f"WorkflowType = '{WORKFLOW}'", page_size=1000)]
    return await asyncio.gather(*(describe(run.id, run.run_id) for run in listed))


if __name__ == "__main__":
    alone.run(measure)
