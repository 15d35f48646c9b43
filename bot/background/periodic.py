"""Runs jobs periodically on the monotonic clock, so setting the wall clock changes nothing.

A job with an alarm also runs, before its interval is over, when the alarm rings.

Runs of one job never overlap. A run that takes longer than the job's interval is followed at once by the next run. A
run that fails is logged, and the job runs again at its next time. The log has one line if a system did not answer,
and a traceback for any other error.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.errors import DependencyError

# The timers of the event loop may end this much early. A job that did not count as due then would spin until it is.
RESOLUTION = time.get_clock_info("monotonic").resolution

_log = structlog.get_logger(__name__)


class Alarm:
    """Makes its job run early. If the alarm rings while the job is running, the job runs again right after."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def ring(self) -> None:
        """Run the job as soon as possible. A time set by ``ring_in`` or ``ring_within`` is dropped."""
        self._cancel_timer()
        self._rung.set()

    def ring_in(self, span: timedelta) -> None:
        """Ring when ``span`` has passed. A time that was set before is dropped."""
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(span.total_seconds(), self.ring)

    def ring_within(self, span: timedelta) -> None:
        """Ring when ``span`` has passed, or at the time that is set already, whichever is earlier."""
        at = asyncio.get_running_loop().time() + span.total_seconds()
        if self._timer is None or self._timer.when() > at:
            self.ring_in(span)

    def silence(self) -> None:
        """Forget that the alarm has rung. A time that ``ring_in`` or ``ring_within`` has set stays set."""
        self._rung.clear()

    async def wait(self) -> None:
        """Return when the alarm rings; at once if it has rung already."""
        await self._rung.wait()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


@dataclass(frozen=True, slots=True)
class Job:
    """``work`` is run once in each ``every``, and whenever ``alarm`` rings; ``name`` is its name in the log."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[None]]
    alarm: Alarm = field(default_factory=Alarm)


class PeriodicJobs:
    """Runs each job again and again, in a task of its own, until ``stop`` or ``end`` is called."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._is_stopped = False
        self._alarms = tuple(job.alarm for job in jobs)
        self._tasks = tuple(asyncio.create_task(self._repeat(job), name=job.name) for job in jobs)

    def stop(self) -> None:
        """Start no further runs; the current ones continue."""
        self._is_stopped = True
        for alarm in self._alarms:
            alarm.ring()

    async def end(self) -> None:
        """Cancel the current runs; returns when all have ended."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _repeat(self, job: Job) -> None:
        clock, every = asyncio.get_running_loop().time, job.every.total_seconds()
        due = clock() + every
        while not await self._is_stopped_by(due, job.alarm):
            is_due = clock() + RESOLUTION >= due
            job.alarm.silence()
            await _run(job)
            due = max(due + every, clock()) if is_due else due

    async def _is_stopped_by(self, due: float, alarm: Alarm) -> bool:
        """Wait until the job is due, or until its alarm rings. Returns whether the jobs have stopped by then."""
        try:
            async with asyncio.timeout_at(due):
                await alarm.wait()
        except TimeoutError:
            pass
        # An overdue job lets the other tasks run first.
        await asyncio.sleep(0)
        return self._is_stopped


@asynccontextmanager
async def run_periodically(jobs: Sequence[Job]) -> AsyncIterator[PeriodicJobs]:
    """Run the jobs while the ``async with`` block runs, and cancel them when it ends."""
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
