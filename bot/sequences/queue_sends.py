"""The messages of a queue to its sequences that are on their way.

Temporal delivers a signal from one workflow to another in several steps, which change the history of the sender, too.
A thousand signals at once take Temporal a minute, in which the queue cannot continue as new.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine

Send = Callable[[], Coroutine[None, None, None]]


class QueueSends:
    """Sends messages, each in a task that ``spawn`` makes, and at most ``most`` at once; the others wait. Queues of
    earlier versions, which are not ``is_paced``, count a message only from the first step of its task on."""

    def __init__(
        self, spawn: Callable[[Coroutine[None, None, None]], asyncio.Task[None]], most: int, *, is_paced: bool
    ) -> None:
        self._spawn = spawn
        self._most = most
        self._is_paced = is_paced
        self._waiting: deque[Send] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun = 0

    @property
    def is_empty(self) -> bool:
        """Whether all messages have arrived or failed."""
        return not (self._waiting or self._tasks) if self._is_paced else not self._begun

    @property
    def free(self) -> int:
        """How many more messages could be sent at once; not above zero while others wait."""
        return self._most - len(self._tasks) - len(self._waiting)

    def add(self, send: Send) -> None:
        """Send a message, once its turn has come."""
        self._waiting.append(send)
        self._send_waiting()

    def _send_waiting(self) -> None:
        while self._waiting and len(self._tasks) < self._most:
            task = self._spawn(self._counted(self._waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        # Otherwise the worker is evicting the workflow, where nothing may begin any more.
        if not task.cancelled() and task.exception() is None:
            self._send_waiting()

    async def _counted(self, send: Send) -> None:
        self._begun += 1
        try:
            await send()
        finally:
            self._begun -= 1
