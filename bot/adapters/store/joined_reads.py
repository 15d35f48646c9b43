"""JoinedReads: callers that ask the same question at the same time share one read of the database.

A hundred sequences that report in the same moment each ask for the campaigns and for the alerts of their cluster.
Without this, each of them would wait for one of the few connections, and all would get the same answer.
"""

import asyncio
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

    async def get(self, key: _Key, read: Callable[[], Awaitable[_T]]) -> _T:
        """The result of ``read``, or of the ``read`` of another caller with the same key. Raises what that raises. A
        caller that is cancelled leaves the read to the others."""
        if key not in self._next:
            task = asyncio.create_task(self._read(key, read), name="joined read")
            # Without this, asyncio would log the error of a read whose callers were all cancelled.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._next[key] = task
        return await asyncio.shield(self._next[key])

    async def _read(self, key: _Key, read: Callable[[], Awaitable[_T]]) -> _T:
        if previous := self._under_way.get(key):
            await asyncio.wait({previous}, timeout=self._patience)
        task = self._under_way[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            if self._under_way.get(key) is task:
                del self._under_way[key]
