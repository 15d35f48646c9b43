"""Jobs that are done again and again, by a clock that nobody sets: setting the one on the wall changes nothing.

A job is never done twice at once. One that takes longer than its interval is followed at once, and one that fails is
told, and done again at its next time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What to do, and how often; ``name`` is what the log calls it."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[None]]


class Repeating:
    """Jobs that have been started."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._stopped = asyncio.Event()
        self._tasks = tuple(asyncio.create_task(self._repeat(job), name=job.name) for job in jobs)

    def stop(self) -> None:
        """Begin nothing any more. What is being done goes on."""
        self._stopped.set()

    async def end(self) -> None:
        """Return when nothing is being done any more; whatever still is, is cancelled."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, job: Job) -> None:
        clock, every = asyncio.get_running_loop().time, job.every.total_seconds()
        due = clock() + every
        while not await self._is_stopped_by(due):
            await _once(job)
            due = max(due + every, clock())

    async def _is_stopped_by(self, due: float) -> bool:
        try:
            async with asyncio.timeout_at(due):
                await self._stopped.wait()
        except TimeoutError:
            # What is overdue is done after whatever else is waiting for its turn.
            await asyncio.sleep(0)
        return self._stopped.is_set()


@asynccontextmanager
async def run_periodically(jobs: Sequence[Job]) -> AsyncIterator[Repeating]:
    """All of them, until the block is left."""
    started = Repeating(jobs)
    try:
        yield started
    finally:
        await started.end()


async def _once(job: Job) -> None:
    """Do it. Nothing that goes wrong in it ends the repeating."""
    try:
        await job.work()
    except asyncio.CancelledError as exc:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Nobody has asked for that: something it waited for was cancelled.
        _log.error("pass failed", job=job.name, exc_info=exc)
    except Exception as exc:  # noqa: BLE001  (the named edge)
        _log.error("pass failed", job=job.name, error=repr(exc), exc_info=exc)
