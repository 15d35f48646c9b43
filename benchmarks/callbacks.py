"""The CPU time of each callback of the event loop: while one runs, nothing else does."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

KEPT = 5


@dataclass
class Callbacks:
    """The longest callbacks so far: milliseconds of CPU time, and a description of each."""

    longest: list[tuple[float, str]] = field(default_factory=list)

    def note(self, milliseconds: float, what: str) -> None:
        """Keep this callback if it is among the longest."""
        self.longest = sorted([*self.longest, (milliseconds, what)], reverse=True)[:KEPT]


@contextmanager
def timed_callbacks() -> Iterator[Callbacks]:
    """Time every callback until the block is left."""
    callbacks, run = Callbacks(), asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        took = (time.thread_time() - began) * 1_000
        if len(callbacks.longest) < KEPT or took > callbacks.longest[-1][0]:
            callbacks.note(took, repr(handle)[:300])

    # The loop calls this method for each callback, also for each step of a task.
    setattr(asyncio.Handle, "_run", timed)  # noqa: B010  (no type checker takes the assignment)
    try:
        yield callbacks
    finally:
        setattr(asyncio.Handle, "_run", run)  # noqa: B010
