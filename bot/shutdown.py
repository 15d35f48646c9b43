"""The state of a shutdown: a person asked for it, or the store is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import Gone


class Shutdown:
    """Create it in the task that starts the bot. A request during the start cancels that task; a later one sets the
    event for which ``requested`` waits."""

    def __init__(self) -> None:
        self._requested = asyncio.Event()
        self._start_task = asyncio.current_task()
        self.problem: Gone | None = None

    @property
    def is_requested(self) -> bool:
        """Whether the bot has to stop."""
        return self._requested.is_set()

    def request(self) -> None:
        """Stop, because a signal asks for it."""
        self._requested.set()
        if self._start_task is not None:
            self._start_task.cancel()

    def abort(self, problem: Gone) -> None:
        """Stop with an error, so that a supervisor starts the bot again. During the start it does nothing: there the
        same problem is raised."""
        if self._start_task is None and not self.is_requested:
            self.problem = problem
            self._requested.set()

    @asynccontextmanager
    async def after_start(self) -> AsyncIterator[None]:
        """From here on a request no longer cancels: everything is closed in its order."""
        # A cancellation that was just requested is raised here, before anything needs closing in order.
        await asyncio.sleep(0)
        self._start_task = None
        yield

    async def requested(self) -> None:
        """Return when the bot has to stop."""
        await self._requested.wait()
