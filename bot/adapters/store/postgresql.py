"""PostgreSQL: one server for any number of bots."""

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
# Of one bot. Small plans of hosted databases allow 20 in all, and two bots overlap while one replaces the other.
_CONNECTIONS = 5
_MILLISECOND = timedelta(milliseconds=1)
# For each transaction that writes, not for its connection: a pooler may give it any.
_SETTINGS = {
    # Whatever the database's default is: what is said to be recorded must be so after a crash.
    "synchronous_commit": "on",
    "lock_timeout": str(LOCK_PATIENCE // _MILLISECOND),
    # A bot that is frozen, or whose machine is gone, gives the write lock back before another one's patience ends.
    "idle_in_transaction_session_timeout": str((LOCK_PATIENCE - timedelta(seconds=1)) // _MILLISECOND),
}
_SET = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in _SETTINGS.items())
# Any number that nobody else uses for an advisory lock in this database: "backfill" in ASCII.
_LOCK = f"SELECT {_SET}, pg_advisory_xact_lock({int.from_bytes(b'backfill')})"

_POOLED = "a pooler of transactions stands before it: add pgbouncer=true to DATABASE_URL"
# Conditions by SQLSTATE: docs "PostgreSQL Error Codes".
_HOPELESS = {
    "28P01": "it does not accept the password: check DATABASE_URL",
    "28000": "it does not let this user in: check user and sslmode in DATABASE_URL",
    "42501": "this user may not do that: grant it its schema, or name another user in DATABASE_URL",
    # A statement was prepared on another connection than it is asked for on.
    "26000": _POOLED,
    "42P05": _POOLED,
}
_NOT_THERE = f"what the bot has made in it is not there any more: {START_AGAIN}"
# All are made before anything is asked: what is missing was dropped. At the start they are a plain refusal.
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
# Bad data, broken constraints, bad statements.
_PROGRAMMING_ERRORS = frozenset({"22", "23", "42"})


def postgresql_backend(url: str) -> Backend:
    """The database that ``url`` names. Nothing is connected yet. Raises ConfigError."""
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
        # After a restart of the server the connections in the pool are replaced before they are used.
        pool_pre_ping=True,
    )
    return Backend(
        shown=shown,
        reader=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        # Every statement sees what was committed before it; nobody else commits while the lock is held.
        writer=begin_transactions_with(engine.execution_options(isolation_level="READ COMMITTED"), _LOCK),
        # OSError includes a time limit of ours that has passed.
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
    # A certificate that cannot be verified is both.
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
