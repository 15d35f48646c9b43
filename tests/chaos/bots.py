"""Bots that are killed and started again, as a platform does it; each has a log that outlives it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.processes import CONNECTED, ROOT, STOP_LIMIT, Sandbox, kill, lapse

LONGEST_START = 30.0  # seconds


class Bots:
    """So many of them on one store. ``own_ends`` tells of those that ended without being killed."""

    def __init__(self, world: Sandbox, folder: Path, count: int, **changes: str) -> None:
        self._world = world
        self._environ: Mapping[str, str] = {"PATH": os.environ["PATH"], **world.environ, **changes}
        self._logs = [folder / f"bot-{number}.log" for number in range(count)]
        self._connected = [0] * count
        self._processes = [self._start(number) for number in range(count)]
        self.own_ends: list[str] = []

    def kill(self, number: int, *, lapses: bool) -> None:
        """``kill -9``, and another one in its place."""
        dead = self._processes[number]
        if dead.poll() is None:
            kill(dead)
            if lapses:
                lapse(self._world, held_by=dead)
        else:
            self._note_end(number)
        self._processes[number] = self._start(number)

    def wait_connected(self, number: int) -> None:
        """Until it is, has ended by itself, or has had long enough for it: Slack may not let it."""
        deadline = time.monotonic() + LONGEST_START
        process = self._processes[number]
        while time.monotonic() < deadline and process.poll() is None and not self._is_connected(number):
            time.sleep(0.1)

    def revive(self) -> None:
        """Start again what has ended by itself."""
        for number, process in enumerate(self._processes):
            if process.poll() is not None:
                self._note_end(number)
                self._processes[number] = self._start(number)

    def stop(self) -> list[int]:
        """Ask all of them to end; their exit codes."""
        for process in self._processes:
            process.terminate()
        return [process.wait(STOP_LIMIT) for process in self._processes]

    def end(self) -> None:
        """Leave none behind, however it stands."""
        for process in self._processes:
            if process.poll() is None:
                kill(process)

    @property
    def logs(self) -> str:
        """What all of them have told."""
        return "\n".join(map(self._log, range(len(self._logs))))

    @property
    def lives(self) -> int:
        """How often one was connected."""
        return self.logs.count(CONNECTED)

    def _is_connected(self, number: int) -> bool:
        return self._log(number).count(CONNECTED) > self._connected[number]

    def _log(self, number: int) -> str:
        log = self._logs[number]
        return log.read_text(errors="replace") if log.exists() else ""

    def _start(self, number: int) -> "subprocess.Popen[str]":
        self._connected[number] = self._log(number).count(CONNECTED)
        with self._logs[number].open("a") as shown:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", "--env-file", os.devnull],
                cwd=ROOT,
                env=self._environ,
                stdout=shown,
                stderr=shown,
                text=True,
            )

    def _note_end(self, number: int) -> None:
        last = self._log(number).splitlines()[-1:]
        self.own_ends.append(f"bot {number} ended with {self._processes[number].returncode}: {' '.join(last)}")
