"""What a sequence says, in order, while its windows go on: a store that is away holds no window up."""

import asyncio
from collections.abc import Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import SequenceLine
    from bot.model import SequenceProgress
    from bot.sequences import activity_stubs
    from bot.sequences.waiting import until

# What has piled up is told in portions that Temporal takes.
LINES_AT_ONCE = 20


class Thread:
    """Lines on their way; ``told`` counts all that were ever said, which makes each one's number."""

    def __init__(self, told: int, progress: Callable[[], SequenceProgress]) -> None:
        self.told = told
        self._progress = progress
        self._unsaid: list[SequenceLine] = []
        self._is_stale = False

    @property
    def is_silent(self) -> bool:
        """Whether everything has been told."""
        return not self._unsaid

    def say(self, line: SequenceLine) -> None:
        """It will be told, after what was said before."""
        self.told += 1
        self._unsaid.append(line)

    def refresh(self) -> None:
        """The message above the lines is to say how the sequence stands now, also where no line tells of it."""
        self._is_stale = True

    async def keep_telling(self) -> None:
        """Without end: each portion with how the sequence stands by then."""
        while True:
            await until(lambda: bool(self._unsaid) or self._is_stale)
            # What begins at this very moment is told with it.
            await asyncio.sleep(0)
            self._is_stale = False
            lines = self._unsaid[:LINES_AT_ONCE]
            await activity_stubs.tell(self._progress(), self.told - len(self._unsaid) + 1, lines)
            del self._unsaid[: len(lines)]
