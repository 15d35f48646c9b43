"""The SQLite backend: one file, one writer at a time."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.adapters.store.backend import LOCK_PATIENCE, LOCKED, START_AGAIN, SYSTEM, Backend, begin_transactions_with
from bot.adapters.store.opened_file import OpenedFile
from bot.adapters.store.private_file import is_device, make_private
from bot.errors import ConfigError, DependencyError, Gone, Refused, Unavailable

SCHEME = "sqlite+aiosqlite"
_EXPECTED = f"expected {SCHEME}:///PATH"
_PRAGMAS = (
    # SQLite itself tries for this long to get a lock, with growing pauses.
    f"busy_timeout = {LOCK_PATIENCE // timedelta(milliseconds=1)}",
    "journal_mode = WAL",
    "foreign_keys = ON",
)
_HOPELESS = {
    sqlite3.SQLITE_CANTOPEN: (
        "the file cannot be opened: check that its directory exists, and that the bot's user may write both"
    ),
    sqlite3.SQLITE_READONLY: "the file may not be written: check its owner and its directory's",
    sqlite3.SQLITE_PERM: "the file may not be opened: check its owner",
}
# Errors by which a file shows that it is no longer the database that the bot has opened.
_GONE = {
    sqlite3.SQLITE_NOTADB: "the file is not an SQLite database: name another in DATABASE_URL",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore a copy of it, or name another in DATABASE_URL",
}
# The bot creates all tables when it starts. If one is missing later, it was dropped or the file was replaced.
_NO_TABLE = re.compile(r"no such (?:table|column)")
_PASSING = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: "locked by another connection",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_PROTOCOL: "its locks do not work, as on many network disks: keep it on a disk of this machine",
}


async def sqlite_backend(url: str) -> Backend:
    """The backend for ``url``. Raises ConfigError, and Refused or Unavailable when the file cannot be opened."""
    try:
        engine = create_async_engine(url, hide_parameters=True)
    except (ArgumentError, ValueError) as exc:
        raise ConfigError([f"DATABASE_URL: not a URL of a store, {_EXPECTED}"]) from exc
    if engine.url.database in {None, "", ":memory:"} or "\0" in str(engine.url.database):
        # A database in memory is refused: it is lost at every restart, and its one connection would mix transactions.
        raise ConfigError([f"DATABASE_URL: names no file, {_EXPECTED}"])
    event.listen(engine.sync_engine, "connect", _prepare)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        file = await asyncio.to_thread(_open_file, engine, shown)
    except sqlite3.Error as exc:
        raise _from_sqlite_error(exc, shown) from exc
    return Backend(
        shown=shown,
        reader=begin_transactions_with(engine, "BEGIN"),
        # BEGIN IMMEDIATE takes the write lock at the start, so no transaction fails half-way because it cannot get
        # the lock.
        writer=begin_transactions_with(engine, "BEGIN IMMEDIATE"),
        # SQLAlchemy does not wrap the errors of a new connection's set-up (sqlite3.Error).
        vendor_errors=(DBAPIError, sqlite3.Error),
        translated=lambda exc: _translate(exc, shown),
        verify=file.verify,
        close=file.close,
    )


def _open_file(engine: AsyncEngine, shown: str) -> OpenedFile:
    name = Path(str(engine.url.database))
    _require_regular_file(name, shown)
    # The asynchronous driver is not used here: when it cannot connect, it leaves a thread that fails later.
    positional, keywords = engine.dialect.create_connect_args(engine.url)
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    held = connect(*positional, **{**keywords, "check_same_thread": False, "isolation_level": None})
    with ExitStack() as unless_opened:
        unless_opened.callback(held.close)
        # The absolute path, which stays valid when the process changes its directory.
        path = Path(held.execute("PRAGMA database_list").fetchone()[2])
        _require_regular_file(path, shown)
        # This read fails for a file that is no database. Such a file is not the bot's, and must stay unchanged.
        held.execute("PRAGMA schema_version")
        make_private(path)
        for pragma in _PRAGMAS:
            held.execute(f"PRAGMA {pragma}")
        opened = OpenedFile(name, path, held, shown)
        unless_opened.pop_all()
    return opened


def _require_regular_file(path: Path, shown: str) -> None:
    """Raise Refused for a device or a pipe, before anything about it is changed, even its mode."""
    if is_device(path):
        raise Refused(SYSTEM, f"{shown} is no regular file: name another in DATABASE_URL")


def _prepare(dbapi_connection: Any, _record: object) -> None:
    # Otherwise the driver itself begins transactions, but only for writes: reads and schema changes have none.
    dbapi_connection.isolation_level = None
    try:
        cursor = dbapi_connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except sqlite3.Error:
        # The pool does not know this connection yet. Without this, the connection's thread would never end.
        dbapi_connection.close()
        raise


def _translate(exc: Exception, shown: str) -> DependencyError | None:
    if isinstance(exc, DataError | IntegrityError | ProgrammingError):
        return None
    return _from_sqlite_error(exc.orig if isinstance(exc, DBAPIError) else exc, shown)


def _from_sqlite_error(error: BaseException | None, shown: str) -> DependencyError:
    # The low byte is the primary error code; the rest is the extended code.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _GONE:
        return Gone(SYSTEM, f"{shown}: {_GONE[code]}; then start the bot again ({error})")
    if _NO_TABLE.match(str(error)):
        return Gone(SYSTEM, f"{shown}: what the bot has made in it is not there any more: {START_AGAIN} ({error})")
    if code in _HOPELESS:
        return Refused(SYSTEM, f"{shown}: {_HOPELESS[code]} ({error})")
    return Unavailable(SYSTEM, f"{_PASSING[code]} ({error})" if code in _PASSING else str(error))
