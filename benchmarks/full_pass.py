"""One full pass of the watcher over 2,000 running workflows, against the bare client at its best concurrency.

Run alone, ``python -m benchmarks.full_pass``, it also prints the callbacks of the event loop that took the most CPU
time.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from temporalio.client import Client

from benchmarks.callbacks import timed_callbacks
from benchmarks.pairs import Ratio, compare, line, seconds
from benchmarks.team import WORKFLOW, working_team
from bot.adapters.store import open_store
from bot.adapters.temporal import TemporalCluster, TemporalEngine
from bot.computing import switch_threads_soon
from bot.config import TemporalAddress
from bot.fleet.runs.call_budget import CallBudget
from bot.garbage import exempt_from_collection
from bot.services import Services
from bot.usecases.watch.listing import list_runs
from bot.usecases.watch.state import WatchState
from bot.usecases.watch.watch import conclude, describe_due
from bot.wiring import utc_now
from tests.adapters.temporal.server import TemporalServer
from tests.fakes.services import FakeWorld, config

RUNS = 2_000
CLUSTER = "bench"
CONCURRENCIES = (8, 16, 32, 64, 128)
# The budget is not what is measured.
UNLIMITED = 1_000_000
# Nobody falls silent, and heartbeats are few.
QUIET_SECONDS = 3_600


async def full_pass_to_bare_client() -> Ratio:
    """A full pass over the runs, against as many describes by the bare client. Each run has an activity that sends
    heartbeats."""
    async with _running() as (client, services):
        best = await _best_concurrency(client)
        return await compare("full pass", lambda: run_pass(services), lambda: _floor(client, best))


async def run_pass(services: Services) -> None:
    """What the jobs of the watcher do after a start: list all, then describe some while they decide about others and
    record them."""
    state = WatchState(CLUSTER, CallBudget(UNLIMITED))
    await list_runs(state, services)
    described, recorded = asyncio.Event(), asyncio.Event()

    async def describe() -> None:
        while state.queue.due(services.now(), 1):
            recorded.clear()
            if state.room:
                await describe_due(state, services)
                described.set()
            else:
                await recorded.wait()
        described.set()

    async with asyncio.TaskGroup() as jobs:
        describing = jobs.create_task(describe())
        while state.described or not describing.done():
            described.clear()
            if state.described:
                await conclude(state, services)
                recorded.set()
            else:
                await described.wait()
    assert len(state.queue) == RUNS


@asynccontextmanager
async def _running() -> AsyncIterator[tuple[Client, Services]]:
    server = TemporalServer()
    server.start()
    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(working_team(server.address, RUNS, timeout=QUIET_SECONDS))
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            store = await stack.enter_async_context(open_store(f"sqlite+aiosqlite:///{folder}/store.db"))
            world = FakeWorld(config({CLUSTER: tuple(f"customer-{number}" for number in range(RUNS))}))
            address = TemporalAddress(address=server.address, namespace="default")
            engine = TemporalEngine(TemporalCluster(CLUSTER, address, timedelta(seconds=30)), utc_now)
            cluster = replace(world.services.clusters[CLUSTER], engine=engine)
            yield (
                await Client.connect(server.address),
                replace(
                    world.services,
                    clusters={CLUSTER: cluster},
                    journal=store.journal,
                    ledger=store.ledger,
                    outbox=store.outbox,
                    now=utc_now,
                ),
            )
    finally:
        server.stop()


async def _best_concurrency(client: Client) -> int:
    times = {at_once: await seconds(lambda n=at_once: _floor(client, n)) for at_once in (16, *CONCURRENCIES)}  # type: ignore[misc]
    return min(times, key=lambda at_once: times[at_once])


async def _floor(client: Client, at_once: int) -> object:
    turns = asyncio.Semaphore(at_once)

    async def describe(workflow_id: str, run_id: str | None) -> object:
        async with turns:
            return await client.get_workflow_handle(workflow_id, run_id=run_id).describe()

    query = f"WorkflowType = '{WORKFLOW}' AND ExecutionStatus = 'Running'"
    listed = [run async for run in client.list_workflows(query, page_size=1000)]
    assert len(listed) == RUNS
    return await asyncio.gather(*(describe(run.id, run.run_id) for run in listed))


async def main() -> None:
    """Print the ratio, and the longest callbacks of the passes."""
    async with _running() as (client, services):
        await run_pass(services)
        # As the bot does when it starts.
        switch_threads_soon()
        exempt_from_collection()
        with timed_callbacks() as callbacks:
            await run_pass(services)
        for milliseconds, what in callbacks.longest:
            print(f"{milliseconds:.0f} ms of CPU time: {what}", flush=True)  # noqa: T201
        best = await _best_concurrency(client)
        print(f"best concurrency of the bare client: {best}", flush=True)  # noqa: T201
        print(line(await compare("full pass", lambda: run_pass(services), lambda: _floor(client, best))))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
