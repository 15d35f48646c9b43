"""One SQL database: its two kinds of transaction, and its errors in the bot's words."""

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
"""Hears, each time somebody finds out, that the database is gone."""
# A bot that is asked to stop has 30 s (docs/operations.md), also when the database says nothing: for so long a write
# whose asker has given up may go on, what is under way when the database is closed, and the closing of connections.
LEFT_ALONE = timedelta(seconds=5)
PENDING_WRITES_LIMIT = timedelta(seconds=2)
CLOSE_LIMIT = timedelta(seconds=2)
# What is cancelled undoes itself at once, unless the database says nothing.
_ROLLBACK_LIMIT = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


def ignore_gone(_: Gone) -> None:
    """Of a database that is open for a moment only."""


class Database:
    """Transactions on one database; every vendor error leaves it as one of bot.errors."""

    def __init__(self, backend: Backend, on_gone: OnGone = ignore_gone) -> None:
        self._backend = backend
        self._on_gone = on_gone
        self._connections = Connections()
        self._pending: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self._backend.shown

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state throughout and changes nothing."""
        with self._translate_errors():
            async with asyncio.timeout(_seconds(self._backend.patience)):
                async with self._connections.take(self._backend.reader) as connection:
                    yield connection

    @asynccontextmanager
    async def writing(self, at_most: timedelta | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed as a whole, or not at all when the block raises.

        Of all bots together one writes at a time: it holds the database's write lock from its start, so it sees
        what the ones before it wrote, and never fails half-way because of another. ``at_most`` replaces the limit
        of its time, where there is one.
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
        """Do it whole, whoever waits for it: who gives up waiting leaves at once, and it is finished before this is
        closed. For work that harms nobody when it comes later than its asker thinks."""
        task = asyncio.ensure_future(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_failure)
            raise

    async def close(self) -> None:
        """When what is under way has been done, or given up after a while."""
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
    """Connections to ``url`` until the block is left; ConfigError, Refused or Unavailable when there can be none."""
    database = Database(await _backend(url), on_gone)
    try:
        yield database
    finally:
        await database.close()


async def run_to_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Do it whole. Who gives up waiting waits for its end all the same: nothing that comes after is to overtake it,
    and a write that is cancelled in the middle leaves its connection, and with it the database, locked for seconds.
    Only what has not ended ``LEFT_ALONE`` later is cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_log_failure)
        await _wait_or_cancel((task,), LEFT_ALONE)
        raise


async def _wait_or_cancel(tasks: Collection[asyncio.Task[Any]], patience: timedelta) -> None:
    """Wait for them, and cancel what takes longer."""
    if not tasks:
        return
    _, unfinished = await asyncio.wait(tasks, timeout=patience.total_seconds())
    for task in unfinished:
        task.cancel()
    if unfinished:
        _log.warning("writes given up: the database says nothing", count=len(unfinished))
        await asyncio.wait(unfinished, timeout=_ROLLBACK_LIMIT.total_seconds())


def _log_failure(task: asyncio.Task[Any]) -> None:
    """Of what nobody waits for any more."""
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
            # Our own statement is wrong: another try or another disk would not help.
            raise
        raise answer from exc
