"""The PostgreSQL backend. Any number of bots may share one server."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.adapters.no_connection import ConnectionProblem, connection_problem
from bot.adapters.store.backend import (
    LOCK_PATIENCE,
    LOCKED,
    START_AGAIN,
    SYSTEM,
    Backend,
    begin_transactions_with,
    reason,
)
from bot.adapters.store.postgresql_url import FORM, read_url
from bot.errors import BackfillBotError, ConfigError, DependencyError, Gone, Refused, Unavailable

__all__ = ["FORM", "SCHEMES", "postgresql_backend"]

SCHEMES = frozenset({"postgres", "postgresql", "postgresql+asyncpg"})
_TRANSACTION = timedelta(seconds=10)
# Per bot. Small hosted databases allow 20 in all, and two bots overlap while one replaces the other.
_CONNECTIONS = 5
_MILLISECOND = timedelta(milliseconds=1)
# Set in each write transaction and not once for a connection, because a pooler gives each transaction any connection.
_SETTINGS = {
    # A committed entry must survive a crash, whatever the database's default is.
    "synchronous_commit": "on",
    "lock_timeout": str(LOCK_PATIENCE // _MILLISECOND),
    # When a bot hangs or vanishes, the server takes the write lock from it before other bots stop waiting for the
    # lock.
    "idle_in_transaction_session_timeout": str((LOCK_PATIENCE - timedelta(seconds=1)) // _MILLISECOND),
}
_SET = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in _SETTINGS.items())
# The number of the advisory lock is "backfill" in ASCII, which no other program on this database is likely to use.
_LOCK = f"SELECT {_SET}, pg_advisory_xact_lock({int.from_bytes(b'backfill')})"

_POOLED = "a pooler of transactions stands before it: add pgbouncer=true to DATABASE_URL"
# What to do about errors for which trying again is no help, by SQLSTATE:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_HOPELESS = {
    "28P01": "it does not accept the password: check DATABASE_URL",
    "28000": "it does not let this user in: check user and sslmode in DATABASE_URL",
    "42501": "this user may not do that: grant it its schema, or name another user in DATABASE_URL",
    # Invalid statement name: the statement was prepared on another connection.
    "26000": _POOLED,
    "42P05": _POOLED,
}
_NOT_THERE = f"what the bot has made in it is not there any more: {START_AGAIN}"
# All of these exist once the bot has started, so one that is missing later has been dropped, and the bot ends. During
# the start, Gone only makes the start fail, as any other Refused does.
_GONE = {
    "3D000": "it has no such database: create it, or name another in DATABASE_URL",
    "3F000": "the user has no schema to create tables in",
    "42P01": _NOT_THERE,
    "42703": _NOT_THERE,
}
_PASSING = {
    "55P03": LOCKED,
    "53100": "the disk is full",
    "53300": "it takes no more connections",
    "57P01": "it is stopping",
    "57P03": "it is starting or stopping",
    "25006": "it takes no writes now",
}
_WORDS: Mapping[ConnectionProblem, str] = {
    ConnectionProblem.UNTRUSTED: (
        "its certificate cannot be verified, as sslmode asks for: name the file of its authority as sslrootcert in"
        " DATABASE_URL"
    ),
    ConnectionProblem.NAME_MISMATCH: (
        "its certificate cannot be verified, as sslmode asks for: it is for another name; write the one that it was"
        " issued for into DATABASE_URL"
    ),
    ConnectionProblem.CLOSED: (
        "it closes the connection without an answer: check that a PostgreSQL server runs at that port"
    ),
}
_NO_TLS = "rejected SSL upgrade"
# SQLSTATE classes of our own mistakes: bad data, violated constraints, wrong statements.
_PROGRAMMING_ERRORS = frozenset({"22", "23", "42"})


def postgresql_backend(url: str) -> Backend:
    """The backend for ``url``. Does not connect yet. Raises ConfigError."""
    address = read_url(url)
    shown = address.shown
    connecting: dict[str, Any] = {"async_creator_fn": partial(asyncpg.connect, address.dsn, **address.arguments)}
    if address.pools_transactions:
        connecting["prepared_statement_cache_size"] = 0
    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args=connecting,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=LOCK_PATIENCE.total_seconds(),
        # Replaces the pool's broken connections before use, for example after a restart of the server.
        pool_pre_ping=True,
    )
    return Backend(
        shown=shown,
        reader=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        # READ COMMITTED: each statement sees all earlier commits, and nobody else commits while this transaction
        # holds the lock.
        writer=begin_transactions_with(engine.execution_options(isolation_level="READ COMMITTED"), _LOCK),
        # OSError includes TimeoutError, which our own time limits raise.
        vendor_errors=(DBAPIError, OSError, asyncpg.InterfaceError),
        translated=lambda exc: _translate(exc, shown),
        patience=_TRANSACTION,
    )


def _translate(exc: Exception, shown: str) -> BackfillBotError | None:
    state = getattr(exc.orig, "sqlstate", None) or "" if isinstance(exc, DBAPIError) else ""
    root = exc.orig.__cause__ if isinstance(exc, DBAPIError) and exc.orig else exc
    if isinstance(root, asyncpg.exceptions.ClientConfigurationError):
        return ConfigError([f"DATABASE_URL: {reason(root)}"])
    if state:
        return _from_sqlstate(state, reason(exc), shown)
    # SSLCertVerificationError is both a ValueError and an OSError.
    if isinstance(root, ValueError) and not isinstance(root, OSError):
        return None
    if isinstance(exc, TimeoutError):
        return Unavailable(SYSTEM, f"{shown} does not answer in time")
    return _no_connection(root, shown) or Unavailable(SYSTEM, reason(exc))


def _from_sqlstate(state: str, detail: str, shown: str) -> DependencyError | None:
    if state in _GONE:
        return Gone(SYSTEM, f"{shown}: {_GONE[state]} ({detail})")
    if state in _HOPELESS:
        return Refused(SYSTEM, f"{shown}: {_HOPELESS[state]} ({detail})")
    if state[:2] in _PROGRAMMING_ERRORS:
        return None
    return Unavailable(SYSTEM, f"{_PASSING[state]} ({detail})" if state in _PASSING else detail)


def _no_connection(root: BaseException | None, shown: str) -> DependencyError | None:
    if isinstance(root, ConnectionError) and _NO_TLS in str(root):
        why = "it does not speak TLS (SSL), or is no PostgreSQL server: check the port, and sslmode in DATABASE_URL"
        return Unavailable(SYSTEM, f"{shown}: {why}")
    problem = connection_problem(root)
    if problem is None:
        return None
    kind = Unavailable if problem.is_transient else Refused
    return kind(SYSTEM, f"{shown}: {_WORDS.get(problem, problem.value)}")
