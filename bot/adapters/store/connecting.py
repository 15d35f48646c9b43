"""Takes connections from a pool, and returns each of them even if the task that uses it is cancelled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

# SQLite takes some milliseconds. For a server that does not answer, the bot waits no longer than this.
SETUP_LIMIT = timedelta(seconds=1)


class Connections:
    """The connections in use. SQLAlchemy does not close a connection whose set-up is cancelled half-way: with SQLite,
    its thread and its open file would never go away. So set-up and return are shielded from cancellation here."""

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
        """Wait until all connections are returned, at most ``SETUP_LIMIT``. Call this before disposing the pool: a
        disposed pool does not close connections that are returned later."""
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
