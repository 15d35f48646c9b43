"""What differs between the kinds of database, said once: the rest of the store does not know which one it is on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import BackfillBotError

SYSTEM = "store"
# How long a transaction waits for another one's lock.
LOCK_PATIENCE = timedelta(seconds=5)
LOCKED = f"locked by another process for more than {LOCK_PATIENCE.seconds} s"
START_AGAIN = "the bot ends; started again, it makes what is missing anew"
_FIRST_STATEMENT = "store_first"


def _no_check() -> None:
    """For a database that tells by its own errors when it is gone."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One database: where it is, its two kinds of transaction, and what its errors mean.

    ``translated`` is None for an error that tells of a mistake in our own statement. A transaction that takes longer
    than ``patience`` is given up; None: its driver keeps to limits of its own. ``see`` raises what the bot knows
    when the database is not where it was any more, though its driver goes on as if it were. ``close`` comes after the
    engines have let go.
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
    """The same engine, each of whose transactions begins with ``statement``."""
    if not event.contains(engine.sync_engine, "begin", _begin):
        event.listen(engine.sync_engine, "begin", _begin)
    return engine.execution_options(**{_FIRST_STATEMENT: statement})


def _begin(connection: Connection) -> None:
    first = connection.get_execution_options().get(_FIRST_STATEMENT)
    if first:
        connection.exec_driver_sql(first)


def reason(error: BaseException | None) -> str:
    """What the driver said, in one line and without SQLAlchemy's additions."""
    original = error.orig if isinstance(error, DBAPIError) else error
    cause = getattr(original, "__cause__", None) or original
    return " ".join(str(cause).split()) or type(cause).__name__
