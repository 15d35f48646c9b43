"""``python -m benchmarks.alerts``: how long after the server's own timeout the message about it is posted.

2,000 other workflows run with heartbeat timeouts of 30 s, and 70 fall silent, one after the other, from the start of
the bot on. A bot that has just started describes all of them first, so timeouts of that time are told apart. It also
prints how many describe and list calls a second the server has counted, against the budget of the watcher, and the
callbacks of the event loop that took the most CPU time. It takes five minutes.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
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
from bot.computing import switch_threads_soon
from bot.config import TemporalAddress
from bot.fleet.notifications.keys import episode_id
from bot.garbage import exempt_from_collection
from bot.in_flight import InFlight
from bot.model import Ref
from bot.services import Services
from bot.wiring import utc_now
from tests.adapters.temporal.server import TemporalServer
from tests.fakes.channel import FakeChannel
from tests.fakes.services import FakeWorld, config

OTHERS, SILENT = 2_000, 70
TIMEOUT, SPREAD = 30.0, 210.0
CLUSTER = "bench"
# A start finds all runs at once. Until they are described, deadlines pass, and the budget has little to spare. By
# then that is made up for (tests/fleet/runs/test_describe_pace.py).
CATCHING_UP = timedelta(seconds=90)
# After the last run has fallen silent: its timeout, and the time for its message.
PATIENCE = timedelta(seconds=TIMEOUT + 60)
# The server brings its counters up to date once in a while, so a shorter span would show calls of its neighbours.
SPAN = timedelta(seconds=20)
COUNTED = re.compile(
    r'service_requests\{[^}]*operation="(?:Describe|List)WorkflowExecutions?",service_name="frontend"\} (\S+)'
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What was measured: for each timeout with a message when it was and how many seconds later the message came, the
    server's count of calls a second in each span, and the share of a core that the bot took."""

    started_at: datetime
    delays: Sequence[tuple[datetime, float]]
    rates: Sequence[float]
    cores: float


async def main() -> None:
    """Measure and print."""
    server = TemporalServer()
    server.start()
    # As the bot does when it starts.
    switch_threads_soon()
    exempt_from_collection()
    try:
        with timed_callbacks() as callbacks:
            watched = await _watch(server)
    finally:
        server.stop()
    caught_up_at = watched.started_at + CATCHING_UP
    _report("while catching up after the start", [late for at, late in watched.delays if at < caught_up_at])
    _report("steady", [late for at, late in watched.delays if at >= caught_up_at])
    print(f"{len(watched.delays)} of {SILENT} timeouts have a message, {OTHERS:,} others running")  # noqa: T201
    budget = config({CLUSTER: ()}).calls_per_second(CLUSTER)
    print(f"calls a second: median {median(watched.rates):.0f}, most {max(watched.rates):.0f}, budget {budget}")  # noqa: T201
    print(f"the bot takes {watched.cores:.0%} of a core")  # noqa: T201
    for milliseconds, what in callbacks.longest:
        print(f"{milliseconds:.0f} ms of CPU time: {what}")  # noqa: T201


async def _watch(server: TemporalServer) -> Watched:
    span = SPREAD + PATIENCE.total_seconds()
    async with AsyncExitStack() as stack:
        team = await stack.enter_async_context(working_team(server.address, OTHERS, SILENT, TIMEOUT, SPREAD))
        services = await stack.enter_async_context(_services(server.address))
        channel = services.channel
        assert isinstance(channel, FakeChannel)
        async with running_jobs(services, InFlight()), _counted(server.metrics_port) as rates:
            started_at, cpu_before = utc_now(), time.process_time()
            await team.let_fall_silent()
            await asyncio.sleep(span)
            cores = (time.process_time() - cpu_before) / span
        posted = {post.key: post.posted_at for post in reversed(channel.messages)}
        return Watched(started_at, await _delays(await Client.connect(server.address), posted), rates, cores)


def _report(when: str, delays: Sequence[float]) -> None:
    if len(delays) > 1:
        p99 = quantiles(delays, n=100, method="inclusive")[98]
        longest = f"median {median(delays):.2f} s, p99 {p99:.2f} s, longest {max(delays):.2f} s"
        print(f"from timeout to message, {when}: {longest} ({len(delays)} timeouts)")  # noqa: T201


async def _delays(client: Client, posted: Mapping[str, datetime]) -> list[tuple[datetime, float]]:
    """For each run that has a message: the end of its first attempt, and the seconds from then to that message."""
    delays: list[tuple[datetime, float]] = []
    for number in range(OTHERS, OTHERS + SILENT):
        described = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id(number))
            )
        )
        ref = Ref(CLUSTER, workflow_id(number), described.workflow_execution_info.execution.run_id)
        (activity,) = described.pending_activities
        posted_at = posted.get(f"episode:{episode_id(ref)}")
        if posted_at and activity.attempt == 2:
            timeout_at = activity.next_attempt_schedule_time.ToDatetime(tzinfo=UTC) - RETRY_AFTER
            delays.append((timeout_at, (posted_at - timeout_at).total_seconds()))
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
            leases=store.leases,
            channel=FakeChannel(utc_now),
            now=utc_now,
        )


if __name__ == "__main__":
    asyncio.run(main())
