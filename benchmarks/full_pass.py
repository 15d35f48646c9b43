"""Measures a full pass of the watcher against the bare Temporal client: one listing and one describe of each running
workflow. The client works at its best concurrency. The bot also decides about alerts and records them.

Each size has a namespace of its own on one server, so that two sizes can be measured in turn.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from temporalio.client import Client

from benchmarks import alone
from benchmarks.callbacks import loop_delays, timed_callbacks
from benchmarks.pairs import seconds, timed_pairs
from benchmarks.result import Figure, Growth, Measuring, Point, Result, Target, of_pairs
from benchmarks.team import WORKFLOW, working_team
from benchmarks.world import add_namespace, bot_services, configuration, customers, temporal_server
from bot.computing import switch_threads_soon
from bot.fleet.runs.call_budget import CallBudget
from bot.garbage import exempt_from_collection
from bot.services import Services
from bot.usecases.watch.listing import list_runs
from bot.usecases.watch.state import WatchState
from bot.usecases.watch.watch import conclude, describe_due

MANY, MORE = 2_000, 10_000
SIZES = (100, 1_000, MANY, MORE)
CONCURRENCIES = (8, 16, 32, 64, 128)
PAIRS, FEW_PAIRS = 9, 3
# The budget of calls must not slow down what is measured.
UNLIMITED = 1_000_000
# A heartbeat timeout in seconds, so long that no workflow falls silent and heartbeats are few.
QUIET_SECONDS = 3_600
TO_BARE, TO_FEWER, CALLBACK = Target(1.3), Target(5.5), Target(0.05)


@dataclass(frozen=True, slots=True)
class Running:
    """A cluster with ``runs`` running workflows. ``best`` is the concurrency at which the bare client is fastest."""

    runs: int
    cluster: str
    client: Client
    services: Services
    best: int

    async def by_bot(self) -> None:
        await run_pass(self)

    async def bare(self) -> object:
        return await _bare(self.client, self.runs, self.best)


async def measure() -> Measuring:
    """Yield the time of a full pass against that of the bare client, the delays of the event loop, the time with
    ``MORE`` runs against that with ``MANY``, and how the time grows with the number of runs."""
    # As the bot does when it starts.
    switch_threads_soon()
    async with _running() as all_running:
        exempt_from_collection()
        many, more = all_running[MANY], all_running[MORE]
        pairs = await timed_pairs(many.by_bot, many.bare, PAIRS)
        against = f"the same calls by the bare client, {many.best} at once"
        yield of_pairs(f"full pass, {MANY:,} running", pairs, "s", TO_BARE, against)
        async for result in _held_up(many):
            yield result
        grown = await timed_pairs(more.by_bot, many.by_bot, FEW_PAIRS, warm_up=1)
        yield of_pairs(f"full pass, {MORE:,} running", grown, "s", TO_FEWER, f"{MANY:,} running")
        yield await _growth(all_running)


async def _held_up(running: Running) -> Measuring:
    with timed_callbacks() as callbacks:
        for _ in range(FEW_PAIRS):
            await running.by_bot()
    longest = Figure.most_of([seconds for seconds, _ in callbacks.longest])
    yield Result("full pass, CPU of a callback, most", longest, "s", CALLBACK, note=str(callbacks))
    async with loop_delays() as delays:
        for _ in range(FEW_PAIRS):
            await running.by_bot()
    yield Result("full pass, delay of the loop, p99.9", Figure.percentile_of(delays, 99.9), "s")


async def _growth(all_running: dict[int, Running]) -> Growth:
    points: list[Point] = []
    for size, running in all_running.items():
        pair = of_pairs("", await timed_pairs(running.by_bot, running.bare, FEW_PAIRS, warm_up=1), "s", None, "")
        assert pair.reference
        points.append(Point(size, pair.bot.value, pair.reference.value))
    return Growth("Full pass", "running workflows", "s", tuple(points))


async def run_pass(running: Running) -> None:
    """Do what the watcher's jobs do after a start: list all runs, describe those that are listed already, and
    meanwhile decide about those described and record the decisions."""
    services, describable, described = running.services, asyncio.Event(), asyncio.Event()
    budget = CallBudget(UNLIMITED)
    state = WatchState(running.cluster, budget, on_described=described.set, on_queued=describable.set)

    async def describe(listing: asyncio.Task[None]) -> None:
        while state.queue.due(services.now(), 1) or not listing.done():
            describable.clear()
            if state.room and state.queue.due(services.now(), 1):
                await describe_due(state, services)
            else:
                await describable.wait()

    async with asyncio.TaskGroup() as jobs:
        listing = jobs.create_task(list_runs(state, services))
        listing.add_done_callback(lambda _: describable.set())
        describing = jobs.create_task(describe(listing))
        describing.add_done_callback(lambda _: described.set())
        while state.described or not describing.done():
            described.clear()
            if state.described:
                await conclude(state, services)
                describable.set()
            else:
                await described.wait()
    assert len(state.queue) == running.runs


@asynccontextmanager
async def _running() -> AsyncIterator[dict[int, Running]]:
    """Start a cluster for each size; yields them by their size."""
    names = {size: f"runs-{size}" for size in SIZES}
    with temporal_server() as server:
        text = configuration(
            {name: customers(size) for size, name in names.items()},
            server.address,
            'time_limit = "30s"',
            **{name: name for name in names.values()},
        )
        async with AsyncExitStack() as stack:
            clients = {size: await add_namespace(server.address, name) for size, name in names.items()}
            services = await stack.enter_async_context(bot_services(text))
            for size, name in names.items():
                await stack.enter_async_context(
                    working_team(server.address, size, timeout=QUIET_SECONDS, namespace=name)
                )
            best = await _best_concurrency(clients[MANY])
            yield {size: Running(size, name, clients[size], services, best) for size, name in names.items()}


async def _best_concurrency(client: Client) -> int:
    await _bare(client, MANY, CONCURRENCIES[1])
    times = {at_once: await seconds(partial(_bare, client, MANY, at_once)) for at_once in CONCURRENCIES}
    return min(times, key=lambda at_once: times[at_once])


async def _bare(client: Client, runs: int, at_once: int) -> object:
    turns = asyncio.Semaphore(at_once)

    async def describe(workflow_id: str, run_id: str | None) -> object:
        async with turns:
            return await client.get_workflow_handle(workflow_id, run_id=run_id).describe()

    query = f"WorkflowType = '{WORKFLOW}' AND ExecutionStatus = 'Running'"
    listed = [run async for run in client.list_workflows(query, page_size=1000)]
    assert len(listed) == runs
    return await asyncio.gather(*(describe(run.id, run.run_id) for run in listed))


if __name__ == "__main__":
    alone.run(measure)
