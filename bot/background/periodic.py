"""Runs jobs periodically on the monotonic clock, so setting the wall clock changes nothing.

Runs of one job never overlap. One that takes longer than its interval is followed at once by the next; one that fails
is logged, and the job runs again at its next time. A system that does not answer is one line in the log; any other
error comes with its traceback.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import DependencyError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``work`` is to run once per ``every``; ``name`` is its name in the log."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[None]]


class PeriodicJobs:
    """Jobs that were started, one task each."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._stopped = asyncio.Event()
        self._tasks = tuple(asyncio.create_task(self._repeat(job), name=job.name) for job in jobs)

    def stop(self) -> None:
        """Start no further runs; the current ones continue."""
        self._stopped.set()

    async def end(self) -> None:
        """Cancel the current runs; returns when all have ended."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, job: Job) -> None:
        clock, every = asyncio.get_running_loop().time, job.every.total_seconds()
        due = clock() + every
        while not await self._is_stopped_by(due):
            await _run(job)
            due = max(due + every, clock())

    async def _is_stopped_by(self, due: float) -> bool:
        try:
            async with asyncio.timeout_at(due):
                await self._stopped.wait()
        except TimeoutError:
            # An overdue job lets the other tasks run first.
            await asyncio.sleep(0)
        return self._stopped.is_set()


@asynccontextmanager
async def run_periodically(jobs: Sequence[Job]) -> AsyncIterator[PeriodicJobs]:
    """Run the jobs until the block is left."""
    running = PeriodicJobs(jobs)
    try:
        yield running
    finally:
        await running.end()


async def _run(job: Job) -> None:
    """Run the job once. An error is logged and does not stop the job from running again."""
    try:
        await job.work()
    except asyncio.CancelledError as exc:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # This task was not cancelled: something that the job awaited was.
        _log.error("pass failed", job=job.name, exc_info=exc)
    except DependencyError as exc:
        _log.warning("pass failed", job=job.name, reason=str(exc))
    except Exception as exc:  # noqa: BLE001  (the named edge)
        _log.error("pass failed", job=job.name, error=repr(exc), exc_info=exc)
