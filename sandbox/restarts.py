"""Kills a server as a crash would, and starts it again on its port while the rest of the world goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

import aiohttp

from sandbox.errors import NotReady, SandboxError
from sandbox.processes import Processes

BACK_WITHIN_SECONDS = 60

# Starts a server again, on its port and with its data, and returns when it answers. Raises SandboxError, OSError or
# aiohttp.ClientError.
Start = Callable[[], Awaitable[object]]


class Server(StrEnum):
    TEMPORAL = "temporal"
    CLICKHOUSE = "clickhouse"


def process_name(server: Server, cluster: str | None = None) -> str:
    """Returns the name of a server's process in `Processes`. A server that all clusters share has no cluster in its
    name."""
    return server if cluster is None else f"{server}-{cluster}"


class RestartInProgress(Exception):
    """The server is being restarted already."""


class Restarts:
    """Restarts of servers. `starts` has, by process name, the function that starts a server again. The world fills
    `starts` later, once all servers run."""

    def __init__(self, processes: Processes, starts: Mapping[str, Start]) -> None:
        self._processes = processes
        self._starts = starts
        self._in_progress: dict[str, asyncio.Task[float]] = {}
        self._failures: asyncio.Queue[SandboxError] = asyncio.Queue()

    def knows(self, name: str) -> bool:
        return name in self._starts

    async def restart(self, name: str, down_seconds: float) -> float:
        """Restarts the server. Returns for how many seconds it was away. A cancelled caller does not stop the
        restart.

        Raises RestartInProgress or SandboxError.
        """
        if name in self._in_progress:
            raise RestartInProgress
        task = asyncio.create_task(self._restart(name, down_seconds))
        self._in_progress[name] = task
        task.add_done_callback(lambda _: self._in_progress.pop(name))
        return await asyncio.shield(task)

    async def failure(self) -> SandboxError:
        """Waits until the restart of a server fails, and returns the error."""
        return await self._failures.get()

    async def stop(self) -> None:
        """Cancels all restarts and waits for them."""
        tasks = list(self._in_progress.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _restart(self, name: str, down_seconds: float) -> float:
        loop = asyncio.get_running_loop()
        killed_at = loop.time()
        await self._processes.kill(name)
        await asyncio.sleep(down_seconds - (loop.time() - killed_at))
        try:
            await self._start(name)
        except SandboxError as error:
            self._failures.put_nowait(error)
            raise
        return loop.time() - killed_at

    async def _start(self, name: str) -> None:
        try:
            async with asyncio.timeout(BACK_WITHIN_SECONDS):
                await self._starts[name]()
        except TimeoutError as error:
            raise NotReady(f"{name} did not answer for {BACK_WITHIN_SECONDS} s after its restart") from error
        except (OSError, aiohttp.ClientError) as error:
            raise NotReady(f"{name} could not be started again: {error}") from error
