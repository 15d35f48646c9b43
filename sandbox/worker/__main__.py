"""`python -m sandbox.worker --orders FILE`: works on every cluster until it is stopped."""

import argparse
import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from sandbox.leaving import run_and_leave
from sandbox.scenario.load import parse_scenario
from sandbox.scenario.model import Scenario
from sandbox.scenario.pace import world_pace
from sandbox.temporal_server import answering_client
from sandbox.worker.activities import ClusterWork, CopyActivities
from sandbox.worker.contract import TASK_QUEUE, WorkerConfig
from sandbox.worker.tables import Tables
from sandbox.worker.workflow import CustomerBackfill

CLICKHOUSE_TIMEOUT = aiohttp.ClientTimeout(total=60)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.worker", description=__doc__)
    parser.add_argument("--orders", type=Path, required=True, help="JSON: where the clusters are and what to play")
    config = WorkerConfig.model_validate_json(parser.parse_args().orders.read_text("utf-8"))
    with suppress(asyncio.CancelledError):
        asyncio.run(_work(config))
    return 0


async def _work(config: WorkerConfig) -> None:
    """Runs until cancelled. A signal cancels it, since it may still be waiting for Temporal then."""
    work = asyncio.current_task()
    assert work is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    scenario = parse_scenario(config.scenario, "scenario")
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=CLICKHOUSE_TIMEOUT))
        for cluster in scenario.clusters:
            client = await answering_client(config.temporal, cluster)
            tables = Tables(session, config.clickhouse[cluster])
            await stack.enter_async_context(_worker(client, _cluster_work(scenario, cluster, config.speed), tables))
        await asyncio.Event().wait()


def _cluster_work(scenario: Scenario, cluster: str, speed: float) -> ClusterWork:
    return ClusterWork(
        campaign=scenario.campaign,
        customers=scenario.clusters[cluster].customers,
        pace=world_pace(scenario.pace, speed),
        speed=speed,
    )


def _worker(client: Client, work: ClusterWork, tables: Tables) -> Worker:
    activities = CopyActivities(work, tables)
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[CustomerBackfill],
        activities=[activities.activity_pace, activities.copy_days],
        # The workflow reads nothing but its input: the isolation would only cost time for each of hundreds of runs.
        workflow_runner=UnsandboxedWorkflowRunner(),
        # The SDK's own throttle would hold heartbeats back for most of the short timeouts of this world.
        max_heartbeat_throttle_interval=work.pace.heartbeat_every,
        default_heartbeat_throttle_interval=work.pace.heartbeat_every,
    )


if __name__ == "__main__":
    run_and_leave(main)
