"""A world whose bot is in HTTP mode: Slack's requests reach it, and reach the one that is started after it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dotenv import dotenv_values

from sandbox.world import LIVES_AT_LEAST_SECONDS
from tests.sandbox.processes import SPEED, TINY, Sandbox, sandbox


def until(condition: Callable[[], bool], within: float = 60) -> bool:
    deadline = time.monotonic() + within
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def is_acked(world: Sandbox) -> bool:
    """Whether a command is acked over HTTP."""
    _, delivery = world.post("_control/command", {"user": "olivia", "channel": "backfills", "text": "help"})
    return bool(delivery["acked"] and delivery["http_status"] == 200)


def test_the_bot_of_a_world_may_be_in_http_mode_and_is_there_again_when_it_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--scenario", TINY, "--speed", SPEED, "--slack-port", "0", "--http"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("sandbox ready: ").strip()
            ready_at = time.monotonic()
            world = Sandbox(process, url, tmp_path)
            at_once = is_acked(world)
            # A younger one that ends is taken for broken, and ends the world.
            assert until(lambda: time.monotonic() - ready_at > LIVES_AT_LEAST_SECONDS)
            os.kill(world.pids["bot"], signal.SIGKILL)
            again = until(lambda: is_acked(world))
        finally:
            process.terminate()
            process.communicate(timeout=30)

    assert (at_once, again, process.returncode) == (True, True, 0)


def test_the_environment_of_a_bot_that_somebody_else_starts_has_what_http_mode_needs(tmp_path: Path) -> None:
    with sandbox(tmp_path / "env", "--http") as world:
        variables = dotenv_values(world.env_file)
        environ = {"PATH": os.environ["PATH"], **{name: str(value) for name, value in variables.items()}}
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "--http", "--env-file", os.devnull], env=environ, stderr=subprocess.DEVNULL
        ) as bot:
            try:
                heard = until(lambda: is_acked(world))
            finally:
                bot.terminate()
                code = bot.wait(20)

    assert (heard, code) == (True, 0)
    assert {"SLACK_SIGNING_SECRET", "LISTEN_HOST", "PORT"} <= set(variables)
    assert "SLACK_APP_TOKEN" not in variables
