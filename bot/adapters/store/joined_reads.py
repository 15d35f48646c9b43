"""JoinedReads: callers that ask the same question at the same time share one read of the database.

A hundred sequences that report in the same moment each ask for the campaigns and for the alerts of their cluster.
Without this, each of them would wait for one of the few connections, and all would get the same answer.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from datetime import timedelta
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_T = TypeVar("_T")

# A read takes some milliseconds. One that takes longer than this may wait for a database that does not answer, and
# the next read does not wait for it.
JOIN_PATIENCE = timedelta(seconds=1)


class JoinedReads(Generic[_Key, _T]):
    """Reads by key. A caller never gets the result of a read that began before its call, because what the caller has
    written itself, or has heard of, might be missing there. So a call during a read joins the next one."""

    def __init__(self, patience: timedelta = JOIN_PATIENCE) -> None:
        self._patience = patience.total_seconds()
        self._under_way: dict[_Key, asyncio.Task[_T]] = {}
        self._next: dict[_Key, asyncio.Task[_T]] = {}
        self._callers = Counter[asyncio.Task[_T]]()

    async def get(self, key: _Key, read: Callable[[], Awaitable[_T]]) -> _T:
        """The result of ``read``, or of the ``read`` of another caller with the same key. Raises what that raises. A
        caller that is cancelled leaves the read to the others, and the last one ends it."""
        if key not in self._next:
            task = self._next[key] = asyncio.create_task(self._read(key, read), name="joined read")
            # Otherwise asyncio logs the error of a read whose callers have all left.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        task = self._next[key]
        self._callers[task] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._leave(key, task)

    def _leave(self, key: _Key, task: asyncio.Task[_T]) -> None:
        self._callers[task] -= 1
        if not self._callers[task]:
            del self._callers[task]
            task.cancel()
            if self._next.get(key) is task:
                del self._next[key]

    async def _read(self, key: _Key, read: Callable[[], Awaitable[_T]]) -> _T:
        if previous := self._under_way.get(key):
            await asyncio.wait({previous}, timeout=self._patience)
        task = self._under_way[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            if self._under_way.get(key) is task:
                del self._under_way[key]
