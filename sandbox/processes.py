"""The processes of the sandbox. They end with the sandbox, are watched, and stop together."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from sandbox.errors import ChildDied

DIE_WITH_PARENT = Path(__file__).with_name("die_with_parent.py")
GRACE_SECONDS = 10
POLL_SECONDS = 0.01
LAST_LINES = 8
_TAIL_BYTES = 16_000
# The variables of this process's environment that a child process gets. It gets no others.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Child:
    name: str
    process: asyncio.subprocess.Process
    log: Path
    started_at: float

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return asyncio.get_running_loop().time() - self.started_at

    @property
    def death(self) -> ChildDied:
        """How the process ended. Call this only after its end."""
        return ChildDied(self.name, self.process.returncode or 0, last_lines(self.log))

    @property
    def pid(self) -> int:
        return self.process.pid


class Processes:
    """Starts, watches and stops processes. `logs` is an existing directory; each process writes to NAME.log in it."""

    def __init__(self, logs: Path, cwd: Path) -> None:
        self._logs = logs
        self._cwd = cwd
        self._children: list[Child] = []
        self._killed: list[Child] = []
        self._names: list[str] = []
        self._deaths: asyncio.Queue[Child] = asyncio.Queue()
        self._stopping = False
        self._watches: list[asyncio.Task[None]] = []

    @property
    def pids(self) -> dict[str, int]:
        return {child.name: child.pid for child in self._children}

    async def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Child:
        log = self._logs / f"{name}.log"
        with log.open("ab") as sink:
            return await self._spawn(name, command, environment or {}, log, sink)

    async def start_and_read_line(self, name: str, command: Sequence[str]) -> tuple[Child, str]:
        """Starts a process that prints its port.

        Returns the process and the first line of its stdout. Raises ChildDied if the process ends without a line.
        """
        child = await self._spawn(name, command, {}, self._logs / f"{name}.log", asyncio.subprocess.PIPE)
        assert child.process.stdout is not None
        line = (await child.process.stdout.readline()).decode().strip()
        if not line:
            await child.process.wait()
            raise child.death
        return child, line

    async def next_death(self) -> Child:
        """Waits for the next process that ends by itself."""
        return await self._deaths.get()

    async def kill(self, name: str) -> None:
        """Kills a process without warning; its port and files are free afterwards. `next_death` does not report it.

        A process that has just died by itself is no error: `next_death` reports that.
        """
        for child in [child for child in self._children if child.name == name]:
            self._killed.append(child)
            _kill_group(child)
            await child.process.wait()
            await _group_is_gone(child)

    async def stop(self) -> None:
        """Stops all processes, the latest first. Processes of one kind (the name up to its first hyphen) stop
        together. A restarted process counts as started when the first process of its name was started.

        If the caller is cancelled, this still waits until all processes have stopped, and only then raises
        CancelledError. The caller is cancelled if a second cause ends the world during the stop.
        """
        stopping = asyncio.create_task(self._stop())
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            await stopping
            raise

    async def _stop(self) -> None:
        self._stopping = True
        latest_first = sorted(self._children, key=lambda child: self._names.index(child.name), reverse=True)
        for _, kind in groupby(latest_first, key=lambda child: child.name.partition("-")[0]):
            await asyncio.gather(*(_end(child) for child in kind))
        self._children.clear()
        await asyncio.gather(*self._watches)

    async def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, out: int | BinaryIO
    ) -> Child:
        inherited = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        with log.open("ab") as sink:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(DIE_WITH_PARENT), str(os.getpid()), *command),
                cwd=self._cwd,
                env=inherited | dict(environment),
                stdin=asyncio.subprocess.PIPE,
                stdout=out,
                stderr=sink,
                process_group=0,  # Ctrl-C reaches only the sandbox, which then stops the others in order
            )
        child = Child(name, process, log, asyncio.get_running_loop().time())
        self._children.append(child)
        if name not in self._names:
            self._names.append(name)
        self._watches.append(asyncio.create_task(self._watch(child)))
        return child

    async def _watch(self, child: Child) -> None:
        await child.process.wait()
        if self._stopping:
            return
        self._children.remove(child)
        if child not in self._killed:
            await self._deaths.put(child)


def last_lines(log: Path) -> list[str]:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return [line for line in lines if line.strip()][-LAST_LINES:]


async def _end(child: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.process.terminate()
    try:
        await asyncio.wait_for(child.process.wait(), GRACE_SECONDS)
    except TimeoutError:
        _kill_group(child)
        await child.process.wait()


def _kill_group(child: Child) -> None:
    """Kills the child's whole process group, which includes the server that die_with_parent.py started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


async def _group_is_gone(child: Child) -> None:
    """Waits until the child's process group is gone, at most ``GRACE_SECONDS``. Where die_with_parent.py runs the
    server as a child of its own, the server may end a moment after die_with_parent.py."""
    with contextlib.suppress(TimeoutError, ProcessLookupError, PermissionError):
        async with asyncio.timeout(GRACE_SECONDS):
            while True:
                os.killpg(child.pid, 0)  # macOS raises PermissionError if all processes of the group are dead
                await asyncio.sleep(POLL_SECONDS)
