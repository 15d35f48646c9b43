"""Measures ``/backfill status`` of clusters with more and more running workflows, while the bot watches them. Each
cluster has a namespace of its own on one server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from benchmarks import alone
from benchmarks.pairs import seconds
from benchmarks.result import Figure, Growth, Measuring, Point, Result, Target, ratios
from benchmarks.team import working_team
from benchmarks.world import add_namespace, bot_services, configuration, customers, temporal_server
from bot.background.scheduler import running_jobs
from bot.blocks.status import render
from bot.commands import Status
from bot.computing import switch_threads_soon
from bot.garbage import exempt_from_collection
from bot.in_flight import InFlight
from bot.services import Services
from bot.usecases.status import status

FEW, MANY, MOST = 100, 2_000, 10_000
SIZES = (FEW, 1_000, MANY, MOST)
QUESTIONS = 40
# Seconds between rounds of questions: longer than answers are cached, as people do not ask again at once.
BETWEEN = 2.5
# In seconds. By then every run has been described: a cluster has at most 10,000, and a budget of 100 calls a second.
SETTLED_AFTER = 130
HEARTBEAT_TIMEOUT = 300
P95 = Target(0.5)


async def measure() -> Measuring:
    """Ask for the status of each cluster in turn, ``QUESTIONS`` times. ``SIZES`` are the numbers of their running
    workflows."""
    switch_threads_soon()
    async with _watched() as services:
        exempt_from_collection()
        await asyncio.sleep(SETTLED_AFTER)
        taken: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(QUESTIONS):
            for size in SIZES:
                taken[size].append(await seconds(partial(_ask, size, services)))
            await asyncio.sleep(BETWEEN)
    few, many, most = (Figure.percentile_of(taken[size], 95) for size in (FEW, MANY, MOST))
    against = f"{FEW} running, watched as well"
    to_few = ratios([*zip(taken[MANY], taken[FEW], strict=True)])
    yield Result(f"status, {MANY:,} running, p95", many, "s", P95, few, against)
    yield Result(f"status, {MANY:,} running, median", Figure.median_of(taken[MANY]), "s", None, ratio=to_few)
    yield Result(f"status, {MOST:,} running, p95", most, "s", P95, few, against)
    points = tuple(Point(size, Figure.median_of(taken[size]).value) for size in SIZES)
    yield Growth("Status", "running workflows", "s", points)


async def _ask(size: int, services: Services) -> object:
    command = Status(target=_name(size))
    return render(await status(command, services), command)


def _name(size: int) -> str:
    return f"runs-{size}"


@asynccontextmanager
async def _watched() -> AsyncIterator[Services]:
    names = {_name(size): _name(size) for size in SIZES}
    with temporal_server() as server:
        text = configuration({_name(size): customers(size) for size in SIZES}, server.address, **names)
        async with AsyncExitStack() as stack:
            for size in SIZES:
                await add_namespace(server.address, _name(size))
                team = working_team(server.address, size, timeout=HEARTBEAT_TIMEOUT, namespace=_name(size))
                await stack.enter_async_context(team)
            services = await stack.enter_async_context(bot_services(text))
            await stack.enter_async_context(running_jobs(services, InFlight()))
            yield services


if __name__ == "__main__":
    alone.run(measure)
