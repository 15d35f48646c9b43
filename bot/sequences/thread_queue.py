"""The queue of lines for a sequence's Slack thread. The windows go on when the store cannot be reached; their lines
wait here in order."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import SequenceLine
    from bot.model import SequenceProgress
    from bot.sequences import activity_stubs
    from bot.sequences.waiting import until

# Temporal limits the size of an activity's argument, so a long queue goes out in portions.
MAX_LINES_PER_PORTION = 20
# How long the sequence waits for the store before it goes on without its first report. Most reports take less than a
# second.
REPORTED_WITHIN = timedelta(seconds=15)
# Marks the histories of sequences that cancel runs only after their first report.
REPORT_FIRST_PATCH = "report first"


class Thread:
    """The lines for the sequence's Slack thread that are not in the outbox yet. Lines are numbered from 1;
    ``last_number`` is the number of the newest line.
    """

    def __init__(self, last_number: int, progress: Callable[[], SequenceProgress]) -> None:
        self.last_number = last_number
        self._progress = progress
        self._pending: list[SequenceLine] = []
        self._is_stale = False

    @property
    def is_empty(self) -> bool:
        """Whether all lines are in the outbox."""
        return not self._pending

    def say(self, line: SequenceLine) -> None:
        """Add a line to the end."""
        self.last_number += 1
        self._pending.append(line)

    def refresh(self) -> None:
        """Have the card at the top of the thread updated, even if there is no new line."""
        self._is_stale = True

    async def reported(self) -> None:
        """Wait until all lines are in the outbox, at most ``REPORTED_WITHIN``. In histories of an earlier version,
        which did not wait, returns at once."""
        if workflow.patched(REPORT_FIRST_PATCH):
            await until(lambda: self.is_empty, REPORTED_WITHIN)

    async def publish_lines(self) -> None:
        """Run until cancelled: whenever there are new lines or the card is out of date, put up to
        ``MAX_LINES_PER_PORTION`` lines into the outbox, together with the sequence's progress at that moment.
        """
        while True:
            await until(lambda: bool(self._pending) or self._is_stale)
            # Wait for windows that begin in the same workflow task, so that their lines go out in the same portion.
            await asyncio.sleep(0)
            self._is_stale = False
            lines = self._pending[:MAX_LINES_PER_PORTION]
            await activity_stubs.tell(self._progress(), self.last_number - len(self._pending) + 1, lines)
            del self._pending[: len(lines)]
