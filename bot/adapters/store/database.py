"""Database: read and write transactions on one SQL database, with errors translated to those of bot.errors."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import postgresql, sqlite
from bot.adapters.store.backend import SYSTEM, Backend
from bot.adapters.store.connecting import Connections
from bot.errors import ConfigError, Gone, Unavailable

__all__ = ["SYSTEM", "Database", "OnGone", "ignore_gone", "open_database", "run_to_end"]

_T = TypeVar("_T")
OnGone = Callable[[Gone], None]
"""Called with the error each time a transaction finds that the database is gone."""
# A bot that is asked to stop has 30 s (docs/operations.md), even when the database is silent. These limits are for a
# write whose caller was cancelled, for detached writes at the close, and for closing connections.
LEFT_ALONE = timedelta(seconds=5)
PENDING_WRITES_LIMIT = timedelta(seconds=2)
CLOSE_LIMIT = timedelta(seconds=2)
# A cancelled write rolls back at once, unless the database is silent.
_ROLLBACK_LIMIT = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


def ignore_gone(_: Gone) -> None:
    """For a database that is open only for a moment."""


class Database:
    """Transactions on one database; every vendor error leaves it as one of bot.errors."""

    def __init__(self, backend: Backend, on_gone: OnGone = ignore_gone) -> None:
        self._backend = backend
        self._on_gone = on_gone
        self._connections = Connections()
        self._pending: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        """The URL without the password."""
        return self._backend.shown

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction on one snapshot of the database."""
        with self._translate_errors():
            async with asyncio.timeout(_seconds(self._backend.patience)):
                async with self._connections.take(self._backend.reader) as connection:
                    yield connection

    @asynccontextmanager
    async def writing(self, at_most: timedelta | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end of the block, or rolled back when the block raises.

        Of all bots only one writes at a time. The transaction holds the database's write lock from its start, so it
        sees all earlier writes, and never fails half-way because of another bot. ``at_most`` replaces the time limit,
        where the backend has one.
        """
        patience = self._backend.patience and (at_most or self._backend.patience)
        with self._translate_errors():
            async with asyncio.timeout(_seconds(patience)):
                async with self._connections.take(self._backend.writer) as connection, connection.begin():
                    yield connection

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            with _translate_errors(self._backend):
                self._backend.verify()
                yield
        except Gone as exc:
            self._on_gone(exc)
            raise

    async def run_detached(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run ``work`` to its end even if the caller is cancelled: the caller then returns at once, and ``close``
        waits for the work. For writes that do no harm when they happen after their caller is gone."""
        task = asyncio.ensure_future(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_failure)
            raise

    async def close(self) -> None:
        """Wait for detached writes, cancel them after ``PENDING_WRITES_LIMIT``, and close all connections."""
        await _wait_or_cancel(tuple(self._pending), PENDING_WRITES_LIMIT)
        await self._connections.wait_until_returned()
        try:
            async with asyncio.timeout(CLOSE_LIMIT.total_seconds()):
                await self._backend.writer.dispose()
                await asyncio.to_thread(self._backend.close)
        except TimeoutError:
            _log.warning("connections not closed: the database says nothing", database=self.url)


@asynccontextmanager
async def open_database(url: str, on_gone: OnGone = ignore_gone) -> AsyncIterator[Database]:
    """The database at ``url`` until the block ends. Raises ConfigError, Refused or Unavailable."""
    database = Database(await _backend(url), on_gone)
    try:
        yield database
    finally:
        await database.close()


async def run_to_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Run ``work`` to its end even if the caller is cancelled, and only then raise CancelledError, so that no later
    write overtakes this one. A write that is cancelled half-way would also leave its connection, and with it the
    database, locked for seconds. Only work that has not ended after ``LEFT_ALONE`` is cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_log_failure)
        await _wait_or_cancel((task,), LEFT_ALONE)
        raise


async def _wait_or_cancel(tasks: Collection[asyncio.Task[Any]], patience: timedelta) -> None:
    """Wait for the tasks, and cancel those that take longer."""
    if not tasks:
        return
    _, unfinished = await asyncio.wait(tasks, timeout=patience.total_seconds())
    for task in unfinished:
        task.cancel()
    if unfinished:
        _log.warning("writes given up: the database says nothing", count=len(unfinished))
        await asyncio.wait(unfinished, timeout=_ROLLBACK_LIMIT.total_seconds())


def _log_failure(task: asyncio.Task[Any]) -> None:
    """Log the error of a task that nobody awaits any more."""
    if not task.cancelled() and (exc := task.exception()):
        _log.warning("not written", reason=str(exc) or type(exc).__name__)


async def _backend(url: str) -> Backend:
    scheme = url.partition("://")[0]
    if scheme == sqlite.SCHEME:
        return await sqlite.sqlite_backend(url)
    if scheme in postgresql.SCHEMES:
        return postgresql.postgresql_backend(url)
    expected = f"{sqlite.SCHEME}:///PATH or {postgresql.FORM}"
    raise ConfigError([f"DATABASE_URL: not a URL of a store, expected {expected}"])


def _seconds(patience: timedelta | None) -> float | None:
    return patience.total_seconds() if patience else None


@contextmanager
def _translate_errors(backend: Backend) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as exc:
        raise Unavailable(SYSTEM, "too many transactions at once") from exc
    except backend.vendor_errors as exc:
        answer = backend.translated(exc)
        if answer is None:
            # Our own statement is wrong: neither another try nor another disk would help.
            raise
        raise answer from exc
