"""Takes connections from a pool and gives each back whole, though nobody waits for it any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# SQLite takes some milliseconds. A server that says nothing is not waited for.
HALF_MADE = timedelta(seconds=1)


class Connections:
    """A new connection is set up in steps, and SQLAlchemy does not close one that is cancelled between two of them:
    with SQLite its thread and its open file would stay behind for good."""

    def __init__(self) -> None:
        self._taken: set[AsyncConnection] = set()
        self._all_back = asyncio.Event()
        self._all_back.set()

    @asynccontextmanager
    async def take(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        connection = engine.connect()
        self._taken.add(connection)
        self._all_back.clear()
        starting = asyncio.ensure_future(connection.start())
        try:
            await asyncio.shield(starting)
            yield connection
        finally:
            await asyncio.shield(asyncio.ensure_future(self._give_back(connection, starting)))

    async def all_back(self) -> None:
        """Return when none is taken, or after a moment: a pool does not close what is given back after itself."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_back.wait(), HALF_MADE.total_seconds())

    async def _give_back(self, connection: AsyncConnection, starting: asyncio.Future[AsyncConnection]) -> None:
        try:
            await asyncio.wait((starting,), timeout=HALF_MADE.total_seconds())
            given_up = starting.cancel() or starting.cancelled()
            if not given_up and starting.exception() is None:
                await connection.close()
        finally:
            self._taken.discard(connection)
            if not self._taken:
                self._all_back.set()
