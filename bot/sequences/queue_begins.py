"""The sequences that a queue is beginning: one activity for each. It is retried until it has begun the sequence or
has found out why none is begun now. It is cancelled if its customer is taken out of the queue."""

import asyncio
from collections.abc import Callable, Collection, Coroutine

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult
    from bot.sequences import queue_stubs


class QueueBegins:
    """Begins sequences, each in a task that ``spawn`` makes. ``on_result`` is called with the id of the sequence and
    the result. The caller sees to it that no more than ``most`` are being begun, as ``free`` tells."""

    def __init__(
        self,
        spawn: Callable[[Coroutine[None, None, None]], asyncio.Task[None]],
        most: int,
        on_result: Callable[[str, BeginQueuedResult], None],
    ) -> None:
        self._spawn = spawn
        self._most = most
        self._on_result = on_result
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def free(self) -> int:
        """How many more sequences may be begun now."""
        return max(0, self._most - len(self._tasks))

    def __contains__(self, sequence: str) -> bool:
        """Whether the sequence with this id is being begun."""
        return sequence in self._tasks

    def add(self, request: BeginQueuedRequest) -> None:
        """Begin the sequence."""
        self._tasks[request.sequence] = self._spawn(self._begin(request))

    def withdraw_others(self, wanted: Collection[str]) -> None:
        """Cancel the activities that begin sequences other than ``wanted``. Such an activity may still be waiting for
        its next attempt, for example because no worker polls for the windows."""
        for sequence in [sequence for sequence in self._tasks if sequence not in wanted]:
            self._tasks.pop(sequence).cancel()

    async def _begin(self, request: BeginQueuedRequest) -> None:
        try:
            result = await queue_stubs.begin_queued(request)
        except FailureError:
            # The activity is retried without end, so it fails only when it was withdrawn.
            if request.sequence in self._tasks:
                raise
            return
        self._tasks.pop(request.sequence, None)
        self._on_result(request.sequence, result)
