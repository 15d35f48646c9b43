"""Takes connections from a pool and gives each back whole, though nobody waits for it any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# SQLite takes some milliseconds. A server that says nothing is not waited for.
SETUP_LIMIT = timedelta(seconds=1)


class Connections:
    """A new connection is set up in steps, and SQLAlchemy does not close one that is cancelled between two of them:
    with SQLite its thread and its open file would stay behind for good."""

    def __init__(self) -> None:
        self._in_use: set[AsyncConnection] = set()
        self._none_in_use = asyncio.Event()
        self._none_in_use.set()

    @asynccontextmanager
    async def take(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        connection = engine.connect()
        self._in_use.add(connection)
        self._none_in_use.clear()
        starting = asyncio.ensure_future(connection.start())
        try:
            await asyncio.shield(starting)
            yield connection
        finally:
            await asyncio.shield(asyncio.ensure_future(self._give_back(connection, starting)))

    async def wait_until_returned(self) -> None:
        """Return when none is taken, or after a moment: a pool does not close what is given back after itself."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_in_use.wait(), SETUP_LIMIT.total_seconds())

    async def _give_back(self, connection: AsyncConnection, starting: asyncio.Future[AsyncConnection]) -> None:
        try:
            await asyncio.wait((starting,), timeout=SETUP_LIMIT.total_seconds())
            is_cancelled = starting.cancel() or starting.cancelled()
            if not is_cancelled and starting.exception() is None:
                await connection.close()
        finally:
            self._in_use.discard(connection)
            if not self._in_use:
                self._none_in_use.set()
