"""Database: read and write transactions on one SQL database. Errors of the driver are translated to those of
bot.errors."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TypeVar

import structlog
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import postgresql, sqlite
from bot.adapters.store.backend import SYSTEM, Backend
from bot.adapters.store.connecting import Connections
from bot.adapters.store.writer import Work, Writer
from bot.errors import ConfigError, Gone, Unavailable

__all__ = ["SYSTEM", "Database", "OnGone", "ignore_gone", "open_database"]

_T = TypeVar("_T")
OnGone = Callable[[Gone], None]
"""Called each time a transaction finds that the database is gone."""
# A bot has to stop within 30 s (docs/operations.md), even when the database does not answer. These two limits are for
# the writes that are still queued then, and for closing the connections.
PENDING_WRITES_LIMIT = timedelta(seconds=2)
CLOSE_LIMIT = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


def ignore_gone(_: Gone) -> None:
    """Do nothing. The ``OnGone`` of a database that is open only for a moment."""


class Database:
    """Transactions on one database. An error of the driver is raised as one of bot.errors, unless it shows a mistake
    in the bot's own SQL."""

    def __init__(self, backend: Backend, on_gone: OnGone = ignore_gone) -> None:
        self._backend = backend
        self._on_gone = on_gone
        self._connections = Connections()
        self._writer = Writer(self._write_transaction)

    @property
    def url(self) -> str:
        """The URL without the password."""
        return self._backend.shown

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction on one snapshot of the database."""
        with self._translate_errors():
            self._backend.verify()
            async with asyncio.timeout(_seconds(self._backend.patience)):
                async with self._connections.take(self._backend.reader) as connection:
                    yield connection

    async def write(self, work: Work[_T]) -> _T:
        """Do the work in a transaction, after all writes that were queued earlier. Once the transaction is committed,
        returns what the work returned.

        A caller that is cancelled returns at once, but the work is still done: ``close`` waits for it, and no write
        that is queued later can overtake it.
        """
        outcome = self._writer.submit(work)
        with self._translate_errors():
            try:
                return await asyncio.shield(outcome)
            except asyncio.CancelledError:
                outcome.add_done_callback(_log_failure)
                raise

    @asynccontextmanager
    async def writing(self, at_most: timedelta | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction outside the queue of writes, for migrations. It is committed at the end of the block, or
        rolled back when the block raises. ``at_most`` replaces the backend's time limit; a backend without a time
        limit ignores it."""
        with self._translate_errors():
            async with self._write_transaction(at_most) as connection:
                yield connection

    @asynccontextmanager
    async def _write_transaction(self, at_most: timedelta | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that holds the database's write lock from its start, so only one bot writes at a time. It
        sees all earlier writes, and never fails half-way because of another bot."""
        self._backend.verify()
        patience = self._backend.patience and (at_most or self._backend.patience)
        async with asyncio.timeout(_seconds(patience)):
            async with self._connections.take(self._backend.writer) as connection, connection.begin():
                yield connection

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            with _translate_errors(self._backend):
                yield
        except Gone as exc:
            self._on_gone(exc)
            raise

    async def close(self) -> None:
        """Do the queued writes, give up those that take longer than ``PENDING_WRITES_LIMIT``, and close all
        connections."""
        given_up = await self._writer.close(PENDING_WRITES_LIMIT)
        if given_up:
            _log.warning("writes given up: the database says nothing", count=given_up)
        await self._connections.wait_until_returned()
        try:
            async with asyncio.timeout(CLOSE_LIMIT.total_seconds()):
                await self._backend.writer.dispose()
                await asyncio.to_thread(self._backend.close)
        except TimeoutError:
            _log.warning("connections not closed: the database says nothing", database=self.url)


@asynccontextmanager
async def open_database(url: str, on_gone: OnGone = ignore_gone) -> AsyncIterator[Database]:
    """Open the database at ``url`` until the end of the block. Raises ConfigError, Refused or Unavailable."""
    database = Database(await _backend(url), on_gone)
    try:
        yield database
    finally:
        await database.close()


def _log_failure(outcome: asyncio.Future[_T]) -> None:
    """Log the error of a write whose caller was cancelled."""
    if not outcome.cancelled() and (exc := outcome.exception()):
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
            # Our own SQL is wrong: trying again would not help.
            raise
        raise answer from exc
