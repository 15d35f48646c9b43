"""Work under way: what is answered and what passes run. None may outlive the services it uses."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta


class UnderWay:
    """Tasks that are at work now. A store that is closed under a write never closes at all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Around the work of the current task."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def end(self, patience: timedelta) -> None:
        """Return when none runs any more; those that take longer than ``patience`` are cancelled."""
        # What has been begun this very moment counts itself at its first step.
        await asyncio.sleep(0)
        tasks = tuple(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=patience.total_seconds())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
