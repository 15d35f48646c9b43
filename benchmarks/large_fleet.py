"""``/backfill status`` of a bot that watches a cluster with very many running workflows, and one with few."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks import alone
from benchmarks.pairs import seconds
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.team import working_team
from benchmarks.world import add_namespace, bot_services, configuration, customers, temporal_server
from bot.blocks.status import render
from bot.commands import Status
from bot.computing import switch_threads_soon
from bot.services import Services
from bot.usecases.status import status
from bot.usecases.watch.listing import list_runs
from bot.usecases.watch.state import WatchState
from bot.usecases.watch.watch import conclude, describe_due

FEW, MANY = 100, 2_000
NAMES = {size: f"runs-{size}" for size in (FEW, MANY)}
ASKED = 40
# Whoever asks within a second shares the look of the one before.
APART = 1.1
QUIET_SECONDS = 60
TARGET = Target(0.5)
# The watcher's own pace describes all of them within half a minute.
WARM_UP = 45
STEP = 0.1
LISTED_EVERY = 15.0


async def measure() -> Measuring:
    """The 95th percentile for each cluster, and for one customer of each."""
    switch_threads_soon()
    async with _watched() as services:
        for size, cluster in NAMES.items():
            times = await _asked(cluster, services)
            yield Result(f"status, {size:,} running, p95", Figure.percentile_of(times, 95), "s", TARGET)
            times = await _asked(f"{cluster}/customer-12", services)
            yield Result(f"status of one of {size:,}, p95", Figure.percentile_of(times, 95), "s", TARGET)


async def _asked(target: str, services: Services) -> list[float]:
    async def ask() -> object:
        return render(await status(Status(target=target), services))

    times: list[float] = []
    for _ in range(ASKED):
        times.append(await seconds(ask))
        await asyncio.sleep(APART)
    return times


@asynccontextmanager
async def _watched() -> AsyncIterator[Services]:
    with temporal_server() as server:
        clusters = {name: customers(size) for size, name in NAMES.items()}
        text = configuration(clusters, server.address, **{name: name for name in clusters})
        async with AsyncExitStack() as stack:
            for name in NAMES.values():
                await add_namespace(server.address, name)
            services = await stack.enter_async_context(bot_services(text))
            for size, name in NAMES.items():
                team = working_team(server.address, size, timeout=QUIET_SECONDS, namespace=name)
                await stack.enter_async_context(team)
            jobs = [asyncio.create_task(_watch(name, services)) for name in NAMES.values()]
            await asyncio.sleep(WARM_UP)
            yield services
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)


async def _watch(cluster: str, services: Services) -> None:
    """What the jobs of the watcher do, one after the other."""
    state, loop = WatchState(cluster, services.clusters[cluster].budget), asyncio.get_running_loop()
    listed_at = -LISTED_EVERY
    while True:
        if loop.time() - listed_at >= LISTED_EVERY:
            listed_at = loop.time()
            await list_runs(state, services)
        await describe_due(state, services)
        while state.described:
            await conclude(state, services)
        await asyncio.sleep(STEP)


if __name__ == "__main__":
    alone.run(measure)
