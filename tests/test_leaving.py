"""Every process ends when it is done, and with all that it has written, though one of its threads never does.

Threads of the Temporal client and of chDB have no Python in them, and block the end of the interpreter now and then.
A thread of Python that waits for ever, and that every process here begins with, blocks it each time.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from local_slack import LocalSlack
from tests.test_http_process import environ, slack
from tests.test_secrets_stay import echoing_server
from tests.test_secrets_stay import environ as around
from tests.test_shutdown import AS_CONSOLE_COMMAND, AS_MODULE, LAST, ended, starting

__all__ = ["environ", "slack"]

ROOT = Path(__file__).parent.parent
SINGLE = ROOT / "tests/scenarios/single.toml"
# Seconds: what does not end takes for ever.
A_HANG = 120
FOR_EVER = "import threading; threading.Thread(target=threading.Event().wait).start()"


@pytest.fixture
def haunted(tmp_path: Path) -> dict[str, str]:
    """The environment of a Python with such a thread (https://docs.python.org/3/library/site.html)."""
    folder = tmp_path / "haunted"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(FOR_EVER)
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)}


def run(arguments: list[str], environ: dict[str, str], limit: float = A_HANG) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=limit, check=False)


def test_a_process_that_takes_the_interpreter_down_would_not_end(haunted: dict[str, str]) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run(["-c", "pass"], haunted, limit=2)


async def test_check_ends_with_its_whole_report(haunted: dict[str, str], tmp_path: Path) -> None:
    async with echoing_server() as url:
        given = around(tmp_path, url, "json") | haunted
        done = await asyncio.to_thread(run, ["-m", "bot", "check", "--env-file", os.devnull], given)

    assert done.returncode == 1
    assert "invalid_blocks" in done.stdout
    assert done.stdout.endswith("\n")


async def test_a_bot_that_cannot_run_ends_and_says_why(haunted: dict[str, str], tmp_path: Path) -> None:
    async with echoing_server() as url:
        given = around(tmp_path, url, "json") | haunted
        done = await asyncio.to_thread(run, ["-m", "bot", "--env-file", os.devnull], given)

    assert done.returncode == 1
    assert "backfill-bot cannot run" in done.stderr


@pytest.mark.parametrize(("task", "code"), [("manifest", 0), ("run", 2)])
def test_what_needs_nothing_around_it_ends(haunted: dict[str, str], task: str, code: int) -> None:
    done = run(["-m", "bot", task, "--env-file", os.devnull], haunted)

    assert done.returncode == code
    assert (done.stdout or done.stderr).endswith("\n")


def test_a_defect_ends_the_process_too_and_the_log_has_it(haunted: dict[str, str]) -> None:
    broken = (
        "from bot.__main__ import MODULE, run_and_leave\n"
        "from bot.signals import StopSignals\n"
        "run_and_leave(StopSignals.installed_for([]), MODULE, [object()])"
    )
    done = run(["-c", broken], haunted)

    assert done.returncode == 1
    assert "ended by a defect" in done.stdout + done.stderr
    assert "TypeError" in done.stdout + done.stderr


@pytest.mark.parametrize("program", [AS_MODULE, AS_CONSOLE_COMMAND], ids=["module", "console"])
async def test_a_bot_that_is_asked_to_stop_ends(
    slack: LocalSlack, environ: dict[str, str], haunted: dict[str, str], program: tuple[str, ...]
) -> None:
    async with starting(environ | haunted, program=program) as (process, lines):
        await lines.until(LAST)
        process.send_signal(signal.SIGTERM)
        code, written = await ended(process, lines)

    assert code == 0
    assert b"stopped" in written


@pytest.fixture
def clickhouse(haunted: dict[str, str], tmp_path: Path) -> Iterator["Popen[str]"]:
    with _started(["-m", "sandbox.clickhouse", "--path", str(tmp_path / "data")], haunted) as process:
        yield process
        process.kill()


@pytest.fixture
def world(haunted: dict[str, str], tmp_path: Path) -> Iterator["Popen[str]"]:
    arguments = ["-m", "sandbox", "--scenario", str(SINGLE), "--no-bot", "--slack-port", "0"]
    with _started([*arguments, "--env-file", str(tmp_path / "bot.env")], haunted) as process:
        yield process
        process.kill()


def _started(arguments: list[str], environ: dict[str, str]) -> "Popen[str]":
    return Popen([sys.executable, *arguments], cwd=ROOT, env=environ, stdout=PIPE, text=True)


@pytest.mark.parametrize("part", ["clickhouse", "world"])
def test_the_sandbox_and_its_clickhouse_end_when_they_are_asked_to(request: pytest.FixtureRequest, part: str) -> None:
    process: Popen[str] = request.getfixturevalue(part)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.terminate()

    assert first.endswith("\n")
    assert process.wait(A_HANG) == 0


def test_a_sandbox_that_cannot_begin_ends_and_says_why(haunted: dict[str, str], tmp_path: Path) -> None:
    done = run(["-m", "sandbox", "--scenario", str(tmp_path / "none.toml")], haunted)

    assert done.returncode != 0
    assert "none.toml" in done.stderr
