"""``python -m benchmarks.alerts``: how long after the server's own timeout the message about it is posted.

2,000 other workflows run with heartbeat timeouts of 30 s, and 40 fall silent, one after the other. It also prints how
many describe and list calls a second the server has counted, against the budget of the watcher, and the
callbacks of the event loop that took the most CPU time. It takes some minutes.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

import aiohttp
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client

from benchmarks.callbacks import timed_callbacks
from benchmarks.team import RETRY_AFTER, workflow_id, working_team
from bot.adapters.store import open_store
from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine
from bot.background.scheduler import running_jobs
from bot.config import TemporalAddress
from bot.fleet.notifications.keys import episode_id
from bot.in_flight import InFlight
from bot.model import Ref
from bot.services import Services
from bot.wiring import utc_now
from tests.adapters.temporal.server import TemporalServer
from tests.fakes.channel import FakeChannel
from tests.fakes.services import FakeWorld, config

OTHERS, SILENT = 2_000, 40
TIMEOUT, SPREAD = 30.0, 120.0
CLUSTER = "bench"
# A start finds all runs at once. Until they are described, deadlines pass, and the budget has little to spare.
WARM_UP = timedelta(minutes=2)
# After the last run has fallen silent: its timeout, and the time for its message.
PATIENCE = timedelta(seconds=TIMEOUT + 60)
# The server brings its counters up to date once in a while, so a shorter span would show calls of its neighbours.
SPAN = timedelta(seconds=20)
COUNTED = re.compile(
    r'service_requests\{[^}]*operation="(?:Describe|List)WorkflowExecutions?",service_name="frontend"\} (\S+)'
)


async def main() -> None:
    """Measure and print."""
    server = TemporalServer()
    server.start()
    try:
        async with AsyncExitStack() as stack:
            team = await stack.enter_async_context(working_team(server.address, OTHERS, SILENT, TIMEOUT, SPREAD))
            services = await stack.enter_async_context(_services(server.address))
            channel = services.channel
            assert isinstance(channel, FakeChannel)
            with timed_callbacks() as callbacks:
                async with running_jobs(services, InFlight()), _counted(server.metrics_port) as rates:
                    await asyncio.sleep(WARM_UP.total_seconds())
                    await team.let_fall_silent()
                    await asyncio.sleep(SPREAD + PATIENCE.total_seconds())
            posted = {said.key: said.said_at for said in reversed(channel.said)}
            delays = await _delays(await Client.connect(server.address), posted)
    finally:
        server.stop()
    _report(delays, rates, services.config.calls_per_second(CLUSTER))
    for milliseconds, what in callbacks.longest:
        print(f"{milliseconds:.0f} ms of CPU time: {what}")  # noqa: T201


def _report(delays: list[float], rates: list[float], budget: int) -> None:
    print(f"{len(delays)} of {SILENT} timeouts have a message, {OTHERS:,} others running")  # noqa: T201
    if len(delays) > 1:
        p99 = quantiles(delays, n=100, method="inclusive")[98]
        print(f"from timeout to message: median {median(delays):.2f} s, p99 {p99:.2f} s, longest {max(delays):.2f} s")  # noqa: T201
    print(f"calls a second: median {median(rates):.0f}, most {max(rates):.0f}, budget {budget}")  # noqa: T201


async def _delays(client: Client, posted: Mapping[str, datetime]) -> list[float]:
    """For each run that has a message: the time from the end of its first attempt to that message."""
    delays: list[float] = []
    for number in range(OTHERS, OTHERS + SILENT):
        described = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id(number))
            )
        )
        ref = Ref(CLUSTER, workflow_id(number), described.workflow_execution_info.execution.run_id)
        (activity,) = described.pending_activities
        said_at = posted.get(f"episode:{episode_id(ref)}")
        if said_at and activity.attempt == 2:
            next_attempt_at = activity.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)
            delays.append((said_at - (next_attempt_at - RETRY_AFTER)).total_seconds())
    return delays


@asynccontextmanager
async def _counted(metrics_port: int) -> AsyncIterator[list[float]]:
    """The describe and list calls a second, in each span, as the server counts them."""
    rates: list[float] = []

    async def count(session: aiohttp.ClientSession) -> None:
        before: tuple[float, float] | None = None
        while True:
            async with session.get(f"http://127.0.0.1:{metrics_port}/metrics") as answer:
                calls = sum(float(number) for number in COUNTED.findall(await answer.text()))
            at = asyncio.get_running_loop().time()
            if before:
                rates.append((calls - before[1]) / (at - before[0]))
            before = at, calls
            await asyncio.sleep(SPAN.total_seconds())

    async with aiohttp.ClientSession() as session:
        counting = asyncio.create_task(count(session))
        try:
            yield rates
        finally:
            counting.cancel()
            await asyncio.gather(counting, return_exceptions=True)


@asynccontextmanager
async def _services(address: str) -> AsyncIterator[Services]:
    """A bot on a real Temporal and a real store, with the default configuration of the watcher."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = await stack.enter_async_context(open_store(f"sqlite+aiosqlite:///{folder}/store.db"))
        world = FakeWorld(config({CLUSTER: tuple(f"customer-{number}" for number in range(OTHERS + SILENT))}))
        place = TemporalAddress(address=address, namespace="default")
        temporal = TemporalCluster(CLUSTER, place, world.config.watch.time_limit)
        cluster = replace(
            world.services.clusters[CLUSTER],
            engine=TemporalEngine(temporal, utc_now),
            control=TemporalControl(temporal, world.config.control.task_queue),
        )
        yield replace(
            world.services,
            clusters={CLUSTER: cluster},
            journal=store.journal,
            ledger=store.ledger,
            outbox=store.outbox,
            lease=store.lease,
            channel=FakeChannel(utc_now),
            now=utc_now,
        )


if __name__ == "__main__":
    asyncio.run(main())
