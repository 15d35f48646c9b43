"""Measures how long after a heartbeat timeout the bot posts its alert: ``python -m benchmarks.alerts``.

2,000 workflows with heartbeat timeouts of 30 s keep running. From the start of the bot on, 70 more fall silent, one
after the other. A bot that has just started describes all workflows first, so the timeouts of the first 90 s have
results of their own. It also prints how many describe and list calls a second the server has counted, against the
budget of the watcher, and the callback of the event loop that took the most CPU time. It takes five minutes.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client

from benchmarks import alone
from benchmarks.callbacks import timed_callbacks
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.server_calls import counted_calls
from benchmarks.team import RETRY_AFTER, Silences, workflow_id, working_team
from benchmarks.world import CLUSTER, bot_services, configuration, customers, temporal_server
from bot.background.scheduler import running_jobs
from bot.computing import switch_threads_soon
from bot.fleet.notifications.keys import episode_id
from bot.garbage import exempt_from_collection
from bot.in_flight import InFlight
from bot.model import Ref
from bot.wiring import utc_now
from tests.adapters.temporal.server import TemporalServer
from tests.fakes.channel import FakeChannel

OTHERS, SILENT = 2_000, 70
TIMEOUT, SPREAD = 30.0, 210.0
# At its start the bot finds all runs at once. Until it has described all of them, deadlines pass unnoticed. After
# this time it has caught up (tests/fleet/runs/test_describe_pace.py).
CATCHING_UP = timedelta(seconds=90)
# Added after the last run has fallen silent: its timeout, and the time for its message.
PATIENCE = timedelta(seconds=TIMEOUT + 60)
MEDIAN, P99, CALLBACK = Target(2), Target(5), Target(0.05)
ALL = Target(SILENT, is_least=True)


@dataclass(frozen=True, slots=True)
class Watched:
    """What was measured. ``delays`` has, for each timeout with a message, its time and the seconds from then to the
    message. ``rates`` are the calls a second in each span, as the server counted them. ``cores`` is the share of a
    core that the bot took, and ``budget`` its budget of calls a second."""

    started_at: datetime
    delays: Sequence[tuple[datetime, float]]
    rates: Sequence[float]
    cores: float
    budget: int


async def measure() -> Measuring:
    """Yield how late alerts are, of a bot that has just started and of one that has caught up, and the calls and CPU
    time of watching."""
    # As the bot does when it starts.
    switch_threads_soon()
    exempt_from_collection()
    with temporal_server() as server, timed_callbacks() as callbacks:
        watched = await _watch(server)
    caught_up_at = watched.started_at + CATCHING_UP
    for result in _delays_told(
        ", first 90 s", [late for at, late in watched.delays if at < caught_up_at], (None, None)
    ):
        yield result
    steady = [late for at, late in watched.delays if at >= caught_up_at]
    for result in _delays_told("", steady, (MEDIAN, P99)):
        yield result
    yield Result("alerts, timeouts with a message", Figure.single(len(watched.delays)), "", ALL)
    budget = watched.budget
    name = f"alerts, {OTHERS:,} running, calls a second, most"
    yield Result(name, Figure.most_of(watched.rates), "/s", Target(budget), note=f"the budget is {budget}")
    yield Result(f"alerts, {OTHERS:,} running, part of a core", Figure.single(watched.cores), "")
    longest = Figure.most_of([seconds for seconds, _ in callbacks.longest])
    yield Result(f"alerts, {OTHERS:,} running, CPU of a callback, most", longest, "s", CALLBACK, note=str(callbacks))


def _delays_told(
    when: str, delays: Sequence[float], targets: tuple[Target | None, Target | None]
) -> Iterator[Result]:
    """Yield the median and 99th percentile of these delays, in seconds, if there are any; ``when`` is for their
    names."""
    if delays:
        median, p99 = targets
        yield Result(f"alert after its timeout{when}, median", Figure.median_of(delays), "s", median)
        yield Result(f"alert after its timeout{when}, p99", Figure.percentile_of(delays, 99), "s", p99)


async def _watch(server: TemporalServer) -> Watched:
    span = SPREAD + PATIENCE.total_seconds()
    async with AsyncExitStack() as stack:
        team = await stack.enter_async_context(
            working_team(server.address, OTHERS, Silences(SILENT, SPREAD), TIMEOUT)
        )
        text = configuration({CLUSTER: customers(OTHERS + SILENT)}, server.address)
        services = await stack.enter_async_context(bot_services(text))
        channel = services.channel
        assert isinstance(channel, FakeChannel)
        async with running_jobs(services, InFlight()), counted_calls(server.metrics_port) as rates:
            started_at, cpu_before = utc_now(), time.process_time()
            await team.let_fall_silent()
            await asyncio.sleep(span)
            cores = (time.process_time() - cpu_before) / span
        posted = {post.key: post.posted_at for post in reversed(channel.messages)}
        delays = await _delays(await Client.connect(server.address), posted)
        return Watched(started_at, delays, rates, cores, services.config.calls_per_second(CLUSTER))


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


if __name__ == "__main__":
    alone.run(measure)
