"""Takes a connection from a pool, whole: what nobody waits for any more is not left half made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# SQLite takes some milliseconds. A server that says nothing is not waited for.
HALF_MADE = timedelta(seconds=1)


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A new connection is set up in steps, and SQLAlchemy does not close one that is cancelled between two of them:
    with SQLite its thread and its open file stay behind for good."""
    connection = engine.connect()
    starting = asyncio.ensure_future(connection.start())
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.shield(asyncio.ensure_future(_undo(starting, connection)))
        raise
    try:
        yield connection
    finally:
        await asyncio.shield(asyncio.ensure_future(connection.close()))


async def _undo(starting: asyncio.Future[AsyncConnection], connection: AsyncConnection) -> None:
    await asyncio.wait((starting,), timeout=HALF_MADE.total_seconds())
    if not starting.cancel() and starting.exception() is None:
        await connection.close()
