"""When the bot stops: somebody asks for it, or what it stands on is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import Gone


class Stopping:
    """Made in the task that starts the bot: as long as that is starting it is cancelled, and afterwards asked."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._starting = asyncio.current_task()
        self.problem: Gone | None = None

    @property
    def is_asked(self) -> bool:
        """Whether it is to stop."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Stop, as somebody wants."""
        self._asked.set()
        if self._starting is not None:
            self._starting.cancel()

    def because(self, problem: Gone) -> None:
        """Stop, and let whoever supervises the process start it again. A start meets the problem itself."""
        if self._starting is None and not self.is_asked:
            self.problem = problem
            self._asked.set()

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """From now on everything is ended in its order."""
        # A start that was cancelled just now ends here, before there is anything to end.
        await asyncio.sleep(0)
        self._starting = None
        yield

    async def asked(self) -> None:
        """Return when it is to stop."""
        await self._asked.wait()
