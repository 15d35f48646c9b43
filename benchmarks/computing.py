"""Measures how much longer a read of the store takes while threads compute, because they hold up the event loop.

``python -m benchmarks.computing`` prints the ratio of a read beside computations to one without any, for the threads
of asyncio and for those of ``bot.computing``.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks import alone
from benchmarks.pairs import PAIRS, seconds
from benchmarks.result import Measuring, Result, of_pairs
from bot.adapters.store import Store, open_store
from bot.computing import compute, switch_threads_soon

# The demo has this many clusters.
AT_ONCE = 8
# Takes a few milliseconds.
STEPS = 100_000

InThread = Callable[[Callable[[], object]], Awaitable[Any]]


async def read_beside_computing(name: str, in_thread: InThread, store: Store) -> Result:
    """Time reads of the store while ``AT_ONCE`` computations wait or run, and reads without any."""

    async def read() -> object:
        return await store.journal.memory("bench", ())

    await read()
    by_itself = [await seconds(read) for _ in range(PAIRS)]
    computing = [asyncio.create_task(_compute_on(in_thread)) for _ in range(AT_ONCE)]
    beside = [await seconds(read) for _ in range(PAIRS)]
    for task in computing:
        task.cancel()
    await asyncio.gather(*computing, return_exceptions=True)
    return of_pairs(name, [*zip(beside, by_itself, strict=True)], "s", None, "the same with nothing beside it")


async def _compute_on(in_thread: InThread) -> None:
    while True:
        await in_thread(_count)


def _count() -> int:
    return sum(1 for _ in range(STEPS))


async def measure() -> Measuring:
    """Measure the threads of asyncio, then those of ``bot.computing``."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(f"sqlite+aiosqlite:///{folder}/store.db") as store:
            yield await read_beside_computing("store beside asyncio.to_thread", asyncio.to_thread, store)
            switch_threads_soon()
            yield await read_beside_computing("store beside bot.computing", compute, store)


if __name__ == "__main__":
    alone.run(measure)
