"""Work under way: what is answered and what passes run. None may outlive the services it uses."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any


class InFlight:
    """Tasks that are at work now. A store that is closed under a write never closes at all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

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
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience.total_seconds()
        # What is under way may need something else to be done.
        while self._tasks and clock() < deadline:
            await asyncio.wait(tuple(self._tasks), timeout=deadline - clock())
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
