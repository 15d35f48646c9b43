"""The messages of a queue to its sequences that are on their way.

Temporal delivers a signal from one workflow to another in several steps, which change the history of the sender, too.
A thousand signals at once take Temporal a minute, in which the queue cannot continue as new.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.fleet.queue.rules import MOST_SENDS

Send = Callable[[], Coroutine[None, None, None]]


class QueueSends:
    """Sends messages, each in a task that ``spawn`` makes. ``is_paced``: at most ``MOST_SENDS`` are on their way, as
    far as the queue heeds ``free``. Queues of earlier versions are not paced."""

    def __init__(self, spawn: Callable[[Coroutine[None, None, None]], asyncio.Task[None]], *, is_paced: bool) -> None:
        self._spawn = spawn
        self._is_paced = is_paced
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun = 0

    @property
    def is_empty(self) -> bool:
        """Whether all messages have arrived or failed. In queues of earlier versions, a message counts only from the
        first step of its task on."""
        return not (self._tasks if self._is_paced else self._begun)

    @property
    def free(self) -> int:
        """How many more messages may be on their way."""
        return MOST_SENDS - len(self._tasks) if self._is_paced else sys.maxsize

    def add(self, send: Send) -> None:
        """Send a message, which may be one too many: ``free`` is for the caller to heed."""
        task = self._spawn(self._counted(send))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _counted(self, send: Send) -> None:
        self._begun += 1
        try:
            await send()
        finally:
            self._begun -= 1
