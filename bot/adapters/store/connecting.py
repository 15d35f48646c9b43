"""Takes connections from a pool, and returns each of them even when its user is cancelled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# SQLite takes some milliseconds. The bot does not wait longer for a silent server.
SETUP_LIMIT = timedelta(seconds=1)


class Connections:
    """Connections in use. SQLAlchemy does not close a connection whose set-up is cancelled half-way: with SQLite its
    thread and its open file would remain for good. So set-up and return are shielded from cancellation here."""

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
        """Wait for all to be returned, ``SETUP_LIMIT`` at most: a pool does not close those that come later."""
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
