"""Tracks the work in flight (answers and passes), so that shutdown can wait for it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any


class InFlight:
    """The tasks in flight. They must end before the services they use are closed: a store that is closed during a
    write never finishes closing."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    @contextmanager
    def track(self) -> Iterator[None]:
        """While the ``with`` block runs, the current task counts as in flight."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def end(self, patience: timedelta) -> None:
        """Wait until no task is in flight; those that take longer than ``patience`` are cancelled."""
        # A task that was created just now tracks itself only at its first step.
        await asyncio.sleep(0)
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience.total_seconds()
        # A task in flight may start another one and wait for it.
        while self._tasks and clock() < deadline:
            await asyncio.wait(tuple(self._tasks), timeout=deadline - clock())
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
