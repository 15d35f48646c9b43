"""Measures what delays the event loop: the CPU time of each callback, and how late the loop wakes a task."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

KEPT = 5
TICK = 0.002


@dataclass
class Callbacks:
    """The longest callbacks so far: the seconds of CPU time and the description of each."""

    longest: list[tuple[float, str]] = field(default_factory=list)

    def note(self, seconds: float, what: str) -> None:
        """Keep this callback if it is among the longest."""
        self.longest = sorted([*self.longest, (seconds, what)], reverse=True)[:KEPT]

    def __str__(self) -> str:
        if not self.longest:
            return ""
        seconds, what = self.longest[0]
        return f"the longest took {seconds * 1_000:.0f} ms: {what[:160]}"


@contextmanager
def timed_callbacks() -> Iterator[Callbacks]:
    """Time every callback while the ``with`` block runs."""
    callbacks, run = Callbacks(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        took = time.thread_time() - began
        if len(callbacks.longest) < KEPT or took > callbacks.longest[-1][0]:
            callbacks.note(took, repr(handle)[:300])

    # The loop calls this method for each callback, also for each step of a task.
    setattr(asyncio.Handle, "_run", timed)  # noqa: B010  (no type checker takes the assignment)
    try:
        yield callbacks
    finally:
        setattr(asyncio.Handle, "_run", run)  # noqa: B010


@asynccontextmanager
async def loop_delays() -> AsyncIterator[list[float]]:
    """While the ``async with`` block runs, collect how many seconds late the loop wakes a task that sleeps for
    ``TICK``."""
    delays: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            delays.append(max(0.0, time.perf_counter() - due))

    ticking = asyncio.create_task(tick())
    try:
        yield delays
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
