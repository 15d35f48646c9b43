"""Starts the run of a window once it is known whether somebody else has run its days meanwhile.

While that is not known, the window waits and asks again: days that somebody else has run must not run again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import WaitingLine
    from bot.model import RunningWindow, SequenceSpec, StartResult
    from bot.sequences import activity_stubs
    from bot.sequences.thread_queue import Thread
    from bot.sequences.waiting import until

FIRST_PAUSE = timedelta(minutes=1)
# Each round of questions leaves about a dozen events in the history, so few rounds a day fit into days of waiting.
LONGEST_PAUSE = timedelta(minutes=10)
# A weekend. Then a person has to look, and the history has to end.
GIVE_UP_AFTER = timedelta(days=3)


@dataclass(slots=True)
class WindowStarter:
    """Starts the windows of one sequence. The thread hears once when they have to wait, and once more if it happens
    again after a start."""

    spec: SequenceSpec
    thread: Thread
    is_reported: bool = False

    async def started(self, window: RunningWindow, is_stopped: Callable[[], bool]) -> StartResult:
        """The run of the window; or no run and the reason, if Temporal refuses it, or if it is still unknown whether
        it may start when the sequence stops or after ``GIVE_UP_AFTER``."""
        since, pause, asked = workflow.now(), FIRST_PAUSE, window
        while True:
            result = await activity_stubs.start(self.spec, asked)
            if not result.unknown:
                self.is_reported = False
                return result
            if is_stopped() or workflow.now() - since >= GIVE_UP_AFTER:
                return StartResult(None, f"{result.unknown}. Nothing was started.")
            self._report(window, result.unknown)
            await until(is_stopped, pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            # Somebody else may complete the days while the window waits.
            asked = replace(window, started_at=workflow.now())

    def _report(self, window: RunningWindow, why: str) -> None:
        if not self.is_reported:
            self.is_reported = True
            self.thread.say(WaitingLine(self.spec, window.window, why, LONGEST_PAUSE))
