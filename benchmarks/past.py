"""Measures ``/backfill status`` with a long run history against a short one, and how long other tasks wait
meanwhile."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from benchmarks import alone
from benchmarks.pairs import PAIRS, WARM_UP, compare, seconds
from benchmarks.result import Measuring, Target, of_pairs
from bot.adapters.store import open_store
from bot.commands import Status
from bot.model import Execution, ExecutionStatus, Reading, Ref
from bot.services import Services
from bot.usecases.status import status
from tests.fakes.services import NOW, FakeWorld, config

CLUSTER = "bench"
LONG, SHORT = 100_000, 10_000
CUSTOMERS = tuple(f"customer-{number}" for number in range(1_000))
TARGET = Target(1.5)
FIRST_DAY = date(2021, 1, 1)
# In the long history, every customer has this many windows of a day.
DAYS = LONG // len(CUSTOMERS)
CAMPAIGN = {"timezone": "UTC", "start": str(FIRST_DAY), "end": str(FIRST_DAY + timedelta(days=DAYS))}
TICK = 0.005


async def measure() -> Measuring:
    """Compare how long ``status`` takes with a run history of ``LONG`` runs and with one of ``SHORT``, and measure
    the delay of other tasks."""
    async with _services(LONG) as many, _services(SHORT) as few:

        async def ask_long() -> object:
            return await _ask(many)

        async def ask_short() -> object:
            return await _ask(few)

        reference = f"{SHORT:,} ended runs"
        yield await compare(f"status, {LONG:,} ended runs", ask_long, ask_short, reference, TARGET)
        for _ in range(WARM_UP):
            await ask_long()
        held_up = [await _held_up(many) for _ in range(PAIRS)]
        yield of_pairs("status, the longest time without a turn", held_up, "s", None, "the whole answer")


async def _ask(services: Services) -> object:
    """Answer as if nobody had asked a moment ago: without the answer that simultaneous questions share."""
    services.shared_looks.clear()
    return await status(Status(), services)


async def _held_up(services: Services) -> tuple[float, float]:
    """The longest time for which no other task could run, and the time of the whole answer, in seconds."""
    turns = [time.perf_counter()]

    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK)
            turns.append(time.perf_counter())

    running_jobs = asyncio.create_task(tick())
    took = await seconds(lambda: _ask(services))
    running_jobs.cancel()
    turns.append(time.perf_counter())
    return max(after - before for before, after in pairwise(turns)), took


@asynccontextmanager
async def _services(runs: int) -> AsyncIterator[Services]:
    """The services of a bot whose run history has this number of runs."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = await stack.enter_async_context(open_store(f"sqlite+aiosqlite:///{folder}/store.db"))
        past = [_run(number) for number in range(runs)]
        latest = max(run.closed_at for run in past if run.closed_at)
        whole = Reading(CLUSTER, ("CustomerBackfill",), NOW, latest, NOW, latest, is_whole=True)
        await store.ledger.keep(past, whole)
        await store.ledger.recall(CLUSTER)
        world = FakeWorld(config({CLUSTER: CUSTOMERS}, campaign=CAMPAIGN))
        yield replace(world.services, ledger=store.ledger, journal=store.journal)


def _run(number: int) -> Execution:
    customer, day = CUSTOMERS[number % len(CUSTOMERS)], FIRST_DAY + timedelta(days=number // len(CUSTOMERS) % DAYS)
    began = NOW - timedelta(days=1_000) + timedelta(minutes=number)
    return Execution(
        ref=Ref(CLUSTER, f"backfill-{customer}-{day}-{day + timedelta(days=1)}", f"run-{number}"),
        workflow_type="CustomerBackfill",
        task_queue="backfill",
        status=ExecutionStatus.COMPLETED,
        started_at=began,
        closed_at=began + timedelta(minutes=30),
    )


if __name__ == "__main__":
    alone.run(measure)
