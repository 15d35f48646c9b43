"""The state of a shutdown: a signal asked for it, or the store is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import Gone


class Shutdown:
    """Whether the bot has to stop, and why. Create this object in the task that starts the bot: a request during the
    start cancels that task. After the start, a request only makes ``requested`` return."""

    def __init__(self) -> None:
        self._requested = asyncio.Event()
        self._start_task = asyncio.current_task()
        self.problem: Gone | None = None

    @property
    def is_requested(self) -> bool:
        """Whether the bot has to stop."""
        return self._requested.is_set()

    def request(self) -> None:
        """Ask the bot to stop. Signals call this."""
        self._requested.set()
        if self._start_task is not None:
            self._start_task.cancel()

    def abort(self, problem: Gone) -> None:
        """Stop with an error, so that a supervisor starts the bot again. Does nothing if the bot stops already, or
        during the start, because the start itself raises the same problem."""
        if self._start_task is None and not self.is_requested:
            self.problem = problem
            self._requested.set()

    @asynccontextmanager
    async def after_start(self) -> AsyncIterator[None]:
        """Once this block has begun, a request to stop no longer cancels the task, so that the bot closes everything
        in the right order."""
        # A cancellation that was just requested is raised here, before anything needs closing in order.
        await asyncio.sleep(0)
        self._start_task = None
        yield

    async def requested(self) -> None:
        """Return when the bot has to stop."""
        await self._requested.wait()
