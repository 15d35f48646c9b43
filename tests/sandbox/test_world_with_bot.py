"""A world with its bot: it is started again as a platform would, and ended with everything else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.world import LIVES_AT_LEAST_SECONDS
from tests.sandbox.liveness import alive
from tests.sandbox.processes import SPEED, TINY, Sandbox


def until(condition: Callable[[], bool], within: float = 60) -> bool:
    deadline = time.monotonic() + within
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def test_a_bot_or_worker_that_is_killed_is_started_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--scenario", TINY, "--speed", SPEED, "--slack-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("sandbox ready: ").strip()
            ready_at = time.monotonic()
            world = Sandbox(process, url, tmp_path)
            first = world.pids
            # Younger ones that end are taken for broken, and end the world.
            assert until(lambda: time.monotonic() - ready_at > LIVES_AT_LEAST_SECONDS)
            for name in ("bot", "worker"):
                os.kill(first[name], signal.SIGKILL)
            assert until(lambda: all(world.pids.get(name, first[name]) != first[name] for name in ("bot", "worker")))
            assert until(lambda: connections(world) == 2)
            pids = world.pids
        finally:
            process.terminate()
            _, notes = process.communicate(timeout=30)

    assert "the bot ended with status -9; starting it again" in notes
    assert "the worker ended with status -9; starting it again" in notes
    assert process.returncode == 0
    assert {name for name, pid in pids.items() if alive(pid)} == set()


def connections(world: Sandbox) -> int:
    return sum(call["method"] == "apps.connections.open" for call in world.get("_control/calls")["calls"])
