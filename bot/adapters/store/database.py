"""One SQL database: its connections, its two kinds of transaction, and its errors in the bot's words."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ConfigError, Refused, SystemAnswer, Unavailable

SYSTEM = "store"
# How long a transaction waits for another process's: SQLite itself tries again until then, with growing pauses.
LOCK_PATIENCE = timedelta(seconds=5)
_PRAGMAS = (
    f"busy_timeout = {LOCK_PATIENCE // timedelta(milliseconds=1)}",
    "journal_mode = WAL",
    "foreign_keys = ON",
)
_BEGIN = "sqlite_begin"

_HOPELESS = {
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened: check that its directory exists and may be written",
    sqlite3.SQLITE_READONLY: "the file may not be written: check its owner and its directory's",
    sqlite3.SQLITE_PERM: "the file may not be opened: check its owner",
    sqlite3.SQLITE_NOTADB: "the file is not an SQLite database: name another in DATABASE_URL",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore a copy of it, or name another in DATABASE_URL",
}
_PASSING = {
    sqlite3.SQLITE_BUSY: f"locked by another process for more than {LOCK_PATIENCE.seconds} s",
    sqlite3.SQLITE_LOCKED: "locked by another connection",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
}


class Database:
    """Transactions on one engine; every vendor error leaves it as one of bot.errors."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self._engine.url.render_as_string(hide_password=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state throughout and changes nothing."""
        with _in_our_words(self.url):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed as a whole, or not at all when the block raises.

        It holds SQLite's one write lock from its start, so that it never fails half-way for want of it.
        """
        with _in_our_words(self.url):
            async with self._writer.begin() as connection:
                yield connection


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Connections to ``url`` until the block is left; ConfigError, Refused or Unavailable when there can be none."""
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        with _in_our_words(engine.url.render_as_string()):
            await asyncio.to_thread(_try_to_open, engine)
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


def _engine(url: str) -> AsyncEngine:
    try:
        engine = create_async_engine(url)
    except (ArgumentError, InvalidRequestError) as exc:
        raise ConfigError(["DATABASE_URL: not a URL of a store, expected sqlite+aiosqlite:///PATH"]) from exc
    if engine.dialect.name == "sqlite" and engine.url.database in {None, "", ":memory:"}:
        # It would be forgotten at every restart, and its one connection would mix transactions.
        raise ConfigError(["DATABASE_URL: names no file, expected sqlite+aiosqlite:///PATH"])
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _try_to_open(engine: AsyncEngine) -> None:
    # The asynchronous driver leaves a thread behind that fails later, out of our hands, when it cannot connect.
    positional, named = engine.dialect.create_connect_args(engine.url)
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    connect(*positional, **named).close()


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    # The driver's own idea of when a transaction begins leaves reads and schema changes outside of it.
    dbapi_connection.isolation_level = None
    try:
        cursor = dbapi_connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except sqlite3.Error:
        # Nobody else knows of it yet, and its thread would outlive us.
        dbapi_connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


@contextmanager
def _in_our_words(url: str) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as exc:
        raise Unavailable(SYSTEM, "too many transactions at once") from exc
    except (DataError, IntegrityError, ProgrammingError):
        # Our own statement is wrong: another try or another disk would not help.
        raise
    except DBAPIError as exc:
        raise _translated(exc.orig, url) from exc
    except sqlite3.Error as exc:
        # From the preparation of a new connection, which SQLAlchemy does not look after.
        raise _translated(exc, url) from exc


def _translated(error: BaseException | None, url: str) -> SystemAnswer:
    # The low byte is the code; the rest tells variants of it apart.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _HOPELESS:
        return Refused(SYSTEM, f"{url}: {_HOPELESS[code]} ({error})")
    return Unavailable(SYSTEM, f"{_PASSING[code]} ({error})" if code in _PASSING else str(error))
