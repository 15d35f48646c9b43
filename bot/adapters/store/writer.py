"""Writer: the one writer of this process. Writes wait in a queue, and those that wait together share one commit.

SQLite has no queue for its lock: connections that find the database locked try again after growing pauses, so one of
hundreds waits for seconds while later ones overtake it (https://www.sqlite.org/c3ref/busy_timeout.html). And on both
databases each commit waits for the disk. Here writes run in the order of their calls. Each write that shares a commit
has a savepoint of its own, so a write that fails does not undo the others.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.backend import SYSTEM
from bot.errors import Unavailable

_T = TypeVar("_T")
Work = Callable[[AsyncConnection], Awaitable[_T]]
"""The statements of one write. The writer commits them together with those of other writes."""

# The write lock is held for a whole group, and other bots need it too.
MAX_GROUP = 100
# A cancelled transaction rolls back at once, unless the database does not answer.
_ROLLBACK_LIMIT = timedelta(seconds=1)
_STOPPING = Unavailable(SYSTEM, "the bot is stopping, and the database says nothing")


@dataclass(frozen=True, slots=True)
class _Write:
    work: Work[Any]
    outcome: asyncio.Future[Any]


class Writer:
    """The queue of writes, and the task that does them. ``transaction`` opens a transaction that commits when its
    block ends."""

    def __init__(self, transaction: Callable[[], AbstractAsyncContextManager[AsyncConnection]]) -> None:
        self._transaction = transaction
        self._waiting: deque[_Write] = deque()
        self._under_way: list[_Write] = []
        self._writing: asyncio.Task[None] | None = None

    def submit(self, work: Work[_T]) -> asyncio.Future[_T]:
        """Queue the work. The future gets the work's result once the work is committed, or its error once it is
        rolled back. The work is done even if nobody awaits the future any more."""
        write = _Write(work, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="writer")
        return write.outcome

    async def close(self, patience: timedelta) -> int:
        """Do what is queued, for at most ``patience``. Returns the number of writes that are given up."""
        if self._writing is None:
            return 0
        await asyncio.wait({self._writing}, timeout=patience.total_seconds())
        if self._writing.done():
            return 0
        count = len(self._under_way) + len(self._waiting)
        self._fail_all(_STOPPING)
        self._writing.cancel()
        await asyncio.wait({self._writing}, timeout=_ROLLBACK_LIMIT.total_seconds())
        return count

    async def _write_all(self) -> None:
        while self._waiting:
            await self._write_group()

    async def _write_group(self) -> None:
        group: list[_Write] = []
        try:
            async with self._transaction() as connection:
                # Taken from the queue only now, because more may have come while the transaction waited for the lock.
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_GROUP))]
                self._under_way = group
                outcomes = await _run(group, connection)
        except asyncio.CancelledError:
            self._fail(group, _STOPPING)
            raise
        except Exception as exc:  # noqa: BLE001  (each caller raises it)
            # If the group is empty, the transaction could not even begin. Then all writes in the queue fail, because
            # another try would take just as long.
            self._fail(group, exc) if group else self._fail_all(exc)
        else:
            for write, outcome in zip(group, outcomes, strict=True):
                _settle(write.outcome, outcome)
        finally:
            self._under_way = []

    def _fail_all(self, exc: Exception) -> None:
        waiting = tuple(self._waiting)
        self._waiting.clear()
        self._fail(waiting, exc)

    def _fail(self, writes: Sequence[_Write], exc: Exception) -> None:
        for write in writes:
            _settle(write.outcome, _Failed(exc))


@dataclass(frozen=True, slots=True)
class _Failed:
    exc: Exception


async def _run(group: Sequence[_Write], connection: AsyncConnection) -> list[Any]:
    """The result of each write, or ``_Failed``. Raises when the transaction as a whole is lost, or when the only
    write of a group fails, because that write has no savepoint."""
    if len(group) == 1:
        return [await group[0].work(connection)]
    return [await _run_in_savepoint(write.work, connection) for write in group]


async def _run_in_savepoint(work: Work[Any], connection: AsyncConnection) -> Any:
    savepoint = await connection.begin_nested()
    try:
        result = await work(connection)
    except Exception as exc:
        # After some errors the connection or the whole transaction has ended, and there is no savepoint to return to.
        if connection.invalidated:
            raise
        try:
            await savepoint.rollback()
        except SQLAlchemyError:
            raise exc from None
        return _Failed(exc)
    await savepoint.commit()
    return result


def _settle(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, _Failed):
        future.set_exception(outcome.exc)
    else:
        future.set_result(outcome)
