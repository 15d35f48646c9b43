"""Backend: the engines, errors and limits of SQLite or of PostgreSQL. Code that uses a Backend works on both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import BackfillBotError

SYSTEM = "store"
# How long a transaction waits for a lock that another transaction holds.
LOCK_PATIENCE = timedelta(seconds=5)
LOCKED = f"locked by another process for more than {LOCK_PATIENCE.seconds} s"
START_AGAIN = "the bot ends; started again, it makes what is missing anew"
_FIRST_STATEMENT = "store_first"


def _no_check() -> None:
    """Do nothing. The default of ``verify``, for a driver that itself raises an error when the database is gone, and
    the default of ``close``."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One database: its address, its engines for reads and writes, and the meaning of its errors.

    ``translated`` returns the error of bot.errors for a driver's error, or None when the error shows a mistake in our
    own SQL. A transaction that takes longer than ``patience`` is cancelled; with None the driver's own limits apply.
    ``verify`` raises Gone when the database has been removed or replaced; it does nothing for a driver that notices
    this itself. ``close`` is called after the engines are disposed.
    """

    shown: str
    reader: AsyncEngine
    writer: AsyncEngine
    vendor_errors: tuple[type[Exception], ...]
    translated: Callable[[Exception], BackfillBotError | None]
    patience: timedelta | None = None
    verify: Callable[[], None] = _no_check
    close: Callable[[], None] = _no_check


def begin_transactions_with(engine: AsyncEngine, statement: str) -> AsyncEngine:
    """The engine with an execution option that makes ``statement`` the first one of each transaction."""
    if not event.contains(engine.sync_engine, "begin", _begin):
        event.listen(engine.sync_engine, "begin", _begin)
    return engine.execution_options(**{_FIRST_STATEMENT: statement})


def _begin(connection: Connection) -> None:
    first = connection.get_execution_options().get(_FIRST_STATEMENT)
    if first:
        connection.exec_driver_sql(first)


def reason(error: BaseException | None) -> str:
    """The driver's message in one line, without SQLAlchemy's additions."""
    original = error.orig if isinstance(error, DBAPIError) else error
    cause = getattr(original, "__cause__", None) or original
    return " ".join(str(cause).split()) or type(cause).__name__
