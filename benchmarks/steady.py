"""Measures what watching takes once every run is known: 2,000 running workflows with heartbeat timeouts of two
minutes, whose heartbeats change each minute. The calls are counted by the server."""

import asyncio
import time
from contextlib import AsyncExitStack

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.server_calls import counted_calls
from benchmarks.team import working_team
from benchmarks.world import CLUSTER, bot_services, configuration, customers, temporal_server
from bot.background.scheduler import running_jobs
from bot.computing import switch_threads_soon
from bot.garbage import exempt_from_collection
from bot.in_flight import InFlight

RUNNING, HEARTBEAT_TIMEOUT = 2_000, 120
SETTLED_AFTER, MEASURED = 60, 125
CORES = Target(0.1)


async def measure() -> Measuring:
    """Measure two minutes, in which the bot describes every run at least once."""
    switch_threads_soon()
    with temporal_server() as server:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(working_team(server.address, RUNNING, timeout=HEARTBEAT_TIMEOUT))
            text = configuration({CLUSTER: customers(RUNNING)}, server.address)
            services = await stack.enter_async_context(bot_services(text))
            await stack.enter_async_context(running_jobs(services, InFlight()))
            exempt_from_collection()
            await asyncio.sleep(SETTLED_AFTER)
            cpu_before, began = time.process_time(), time.monotonic()
            async with counted_calls(server.metrics_port) as rates:
                await asyncio.sleep(MEASURED)
            cores = (time.process_time() - cpu_before) / (time.monotonic() - began)
            budget = services.config.calls_per_second(CLUSTER)
    name = f"steady, {RUNNING:,} running"
    yield Result(f"{name}, calls a second, most", Figure.most_of(rates), "/s", Target(budget))
    yield Result(f"{name}, part of a core", Figure.single(cores), "", CORES)


if __name__ == "__main__":
    alone.run(measure)
