"""The queue of lines for a sequence's thread. Windows go on while the store is away: lines wait here, in order."""

import asyncio
from collections.abc import Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import SequenceLine
    from bot.model import SequenceProgress
    from bot.sequences import activity_stubs
    from bot.sequences.waiting import until

# Temporal limits the size of an activity's argument, so a long queue goes out in portions.
MAX_LINES_PER_PORTION = 20


class Thread:
    """The queue of lines for the sequence's Slack thread that have not been handed to the outbox yet. ``last_number``
    counts all lines ever added, and so is the number of the newest line; numbers begin at 1."""

    def __init__(self, last_number: int, progress: Callable[[], SequenceProgress]) -> None:
        self.last_number = last_number
        self._progress = progress
        self._pending: list[SequenceLine] = []
        self._is_stale = False

    @property
    def is_empty(self) -> bool:
        """Whether the outbox has every line."""
        return not self._pending

    def say(self, line: SequenceLine) -> None:
        """Add a line to the end."""
        self.last_number += 1
        self._pending.append(line)

    def refresh(self) -> None:
        """Have the card above the lines updated, though there is no new line."""
        self._is_stale = True

    async def publish_lines(self) -> None:
        """Loops for ever: whenever there are new lines or the main message is out of date, hands up to 20 lines to
        the outbox with the sequence's progress at that moment."""
        while True:
            await until(lambda: bool(self._pending) or self._is_stale)
            # Windows that begin in the same workflow task belong into the same portion.
            await asyncio.sleep(0)
            self._is_stale = False
            lines = self._pending[:MAX_LINES_PER_PORTION]
            await activity_stubs.tell(self._progress(), self.last_number - len(self._pending) + 1, lines)
            del self._pending[: len(lines)]
