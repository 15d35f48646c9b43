"""Starts the run of a window as soon as it is known that nobody else has run its days meanwhile.

Until then the window waits and the bot asks again, because days that somebody else has run must not run again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import WaitingLine
    from bot.model import RunningWindow, SequenceSpec, StartResult
    from bot.sequences import activity_stubs
    from bot.sequences.thread_queue import Thread
    from bot.sequences.waiting import STOP_FIRST_PATCH, until

FIRST_PAUSE = timedelta(minutes=1)
# Most outages end within an hour. Windows go on soon after such an outage, however long they have waited.
PAUSE_AT_FIRST = timedelta(minutes=2)
AT_FIRST = timedelta(hours=1)
# Each attempt to find out who has run the days adds about a dozen events to the history. With pauses of this length,
# three days of waiting add few enough.
LONGEST_PAUSE = timedelta(minutes=10)
# As long as a weekend. After that a person has to look, and the workflow's history must not grow further.
GIVE_UP_AFTER = timedelta(days=3)
# The patch id in histories in which a sequence that is stopped while a window waits makes no further attempt.
NO_LAST_ATTEMPT_PATCH = "no last attempt"


def next_pause(pause: timedelta, waited: timedelta) -> timedelta:
    """The pause after ``pause``, for a window that has waited for ``waited`` in all."""
    return min(pause * 2, PAUSE_AT_FIRST if waited < AT_FIRST else LONGEST_PAUSE)


@dataclass(slots=True)
class WindowStarter:
    """Starts the windows of one sequence. When windows have to wait, the thread gets one line, however many wait. The
    wait is over when a start has returned a run, or the reason why there is none. If a window has to wait after that,
    the thread gets a new line."""

    spec: SequenceSpec
    thread: Thread
    is_reported: bool = False
    _starting: dict[int, tuple[int, workflow.ActivityHandle[StartResult]]] = field(default_factory=dict)

    async def started(self, window: RunningWindow, is_stopped: Callable[[], bool]) -> StartResult:
        """The run that was started, or one with which somebody else has completed these days; otherwise the reason
        why there is none. While it is unknown whether somebody else has run the days, wait and try again, until the
        sequence is stopped or ``GIVE_UP_AFTER`` has passed."""
        since, pause, requested = workflow.now(), FIRST_PAUSE, window
        while True:
            result = await self._start(requested)
            if not result.unknown:
                self.is_reported = False
                return result
            gave_up = StartResult(None, f"{result.unknown}. Nothing was started.")
            if is_stopped() or workflow.now() - since >= GIVE_UP_AFTER:
                return gave_up
            self._report(window, result.unknown)
            if await until(is_stopped, pause) and workflow.patched(NO_LAST_ATTEMPT_PATCH):
                return gave_up
            pause = next_pause(pause, workflow.now() - since)
            # The next attempt also counts runs that somebody else completes while the window waits.
            requested = replace(window, started_at=workflow.now())

    def withdraw(self) -> None:
        """Cancel the starts that were requested in this workflow task and that Temporal does not know yet. So if a
        slot and a cancel of the sequence arrive in the same task, the slot starts no window."""
        length = workflow.info().get_current_history_length()
        unsent = [starting for begun_at, starting in self._starting.values() if begun_at == length]
        if unsent and workflow.patched(STOP_FIRST_PATCH):
            for starting in unsent:
                starting.cancel()

    async def _start(self, window: RunningWindow) -> StartResult:
        starting = activity_stubs.start(self.spec, window)
        self._starting[window.number] = workflow.info().get_current_history_length(), starting
        try:
            return await starting
        except ActivityError as exc:
            if not is_cancelled_exception(exc):
                raise
            return StartResult(None, "The sequence was cancelled first. Nothing was started.")
        finally:
            del self._starting[window.number]

    def _report(self, window: RunningWindow, why: str) -> None:
        if not self.is_reported:
            self.is_reported = True
            self.thread.say(WaitingLine(self.spec, window.window, why, LONGEST_PAUSE))
