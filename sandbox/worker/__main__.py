"""`python -m sandbox.worker --orders FILE`: runs a worker for each cluster until it is stopped, except for clusters
that are served in another language."""

import argparse
import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp

from sandbox.leaving import run_and_leave
from sandbox.scenario.load import parse_scenario
from sandbox.scenario.model import Scenario
from sandbox.scenario.pace import world_pace
from sandbox.temporal_server import answering_client
from sandbox.worker.contract import WorkerConfig
from sandbox.worker.copying import ClusterWork, CopyActivities
from sandbox.worker.shapes import SHAPES
from sandbox.worker.shapes.team import shape_worker
from sandbox.worker.tables import Tables

CLICKHOUSE_TIMEOUT = aiohttp.ClientTimeout(total=60)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.worker", description=__doc__)
    parser.add_argument("--orders", type=Path, required=True, help="JSON: where the clusters are and what to play")
    config = WorkerConfig.model_validate_json(parser.parse_args().orders.read_text("utf-8"))
    with suppress(asyncio.CancelledError):
        asyncio.run(_work(config))
    return 0


async def _work(config: WorkerConfig) -> None:
    """Runs the workers until cancelled. A signal cancels it, even while it is waiting for Temporal."""
    work = asyncio.current_task()
    assert work is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    scenario = parse_scenario(config.scenario, "scenario")
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=CLICKHOUSE_TIMEOUT))
        for name in scenario.clusters.keys() - set(config.elsewhere):
            cluster = scenario.clusters[name]
            shape = SHAPES[cluster.shape]
            client = await answering_client(config.temporal, scenario.namespace(name), shape.data_converter)
            here = _cluster_work(scenario, name, config.speed)
            activities = CopyActivities(here, Tables(session, config.clickhouse[name]), shape.details)
            await stack.enter_async_context(shape_worker(client, shape, shape.task_queue(name), activities))
        await asyncio.Event().wait()


def _cluster_work(scenario: Scenario, cluster: str, speed: float) -> ClusterWork:
    return ClusterWork(
        campaign=scenario.campaign,
        customers=scenario.clusters[cluster].customers,
        pace=world_pace(scenario.pace, speed),
        speed=speed,
    )


if __name__ == "__main__":
    run_and_leave(main)
