"""``python -m bot`` as a process that is asked to stop, at any moment, or loses its store."""

import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.manifest import REQUEST_PATH
from bot.signals import IN_A_HURRY, STOPPING
from local_slack import LocalSlack
from tests.local_slack.harness import Control, eventually
from tests.test_http_process import ROOT, STARTS_WITHIN, environ, slack

__all__ = ["environ", "slack"]

ENDS_WITHIN = 60.0
SEED, POINTS = 20_261_129, 5
FIRST, LAST = b"bot.signals", b"listening for Slack"
# The handler is set when the module after it is imported.
BEFORE = 2


@pytest.fixture(autouse=True)
def hang_ups_are_heard() -> Iterator[None]:
    """Restore SIGHUP, which is ignored where the tests run under nohup, as for a bot in a terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Lines:
    """The stderr of a process: a line for each of its imports, and its log."""

    def __init__(self, process: Process) -> None:
        assert process.stderr is not None
        self._stderr = process.stderr
        self.seen: list[bytes] = []

    async def until(self, what: bytes) -> int:
        """Read up to a line that contains the text, or to the end; returns the number of lines."""
        before = len(self.seen)
        while line := await asyncio.wait_for(self._stderr.readline(), STARTS_WITHIN):
            self.seen.append(line)
            if what in line:
                break
        return len(self.seen) - before

    async def some(self, count: int) -> None:
        """Read so many lines, or fewer if the start is over sooner."""
        for _ in range(count):
            self.seen.append(await asyncio.wait_for(self._stderr.readline(), STARTS_WITHIN))
            if LAST in self.seen[-1]:
                return

    async def rest(self) -> bytes:
        """The lines that follow, without imports."""
        rest = await asyncio.wait_for(self._stderr.read(), ENDS_WITHIN)
        return b"".join(line for line in (*self.seen, *rest.splitlines(True)) if not line.startswith(b"import time"))


AS_MODULE = ("-m", "bot")
AS_CONSOLE_COMMAND = ("-c", "from bot.console import main; main()", "run")


@asynccontextmanager
async def starting(
    environ: Mapping[str, str], *arguments: str, program: tuple[str, ...] = AS_MODULE
) -> AsyncIterator[tuple[Process, Lines]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "importtime", *program, "--http", *arguments),
        cwd=ROOT,
        env=environ,
        stdout=PIPE,
        stderr=PIPE,
        limit=1_000_000,
    )
    try:
        yield process, Lines(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(process: Process, lines: Lines) -> tuple[int, bytes]:
    posted = await lines.rest()
    return await asyncio.wait_for(process.wait(), ENDS_WITHIN), posted


@pytest.mark.timeout(600)
async def test_a_start_that_is_asked_to_stop_ends_cleanly_wherever_it_is(environ: dict[str, str]) -> None:
    async with starting(environ) as (process, lines):
        await lines.until(FIRST)
        whole = await lines.until(LAST)
        process.send_signal(signal.SIGTERM)
        outcomes = [await ended(process, lines)]
    points = random.Random(SEED).sample(range(BEFORE, whole), POINTS)
    for number, point in enumerate(sorted([BEFORE, whole - 1, *points])):
        async with starting(environ) as (process, lines):
            await lines.until(FIRST)
            await lines.some(point)
            process.send_signal(STOPPING[number % len(STOPPING)])
            outcomes.append(await ended(process, lines))

    assert whole > 100
    assert {code for code, _ in outcomes} == {0}
    assert not [posted for _, posted in outcomes if b"Traceback" in posted or b"cannot run" in posted]


@pytest.mark.parametrize("point", [BEFORE, 100])
async def test_the_console_command_that_is_asked_to_stop_while_it_starts_ends_cleanly(
    environ: dict[str, str], point: int
) -> None:
    async with starting(environ, program=AS_CONSOLE_COMMAND) as (process, lines):
        await lines.until(FIRST)
        await lines.some(point)
        process.send_signal(signal.SIGTERM)
        code, posted = await ended(process, lines)

    assert code == 0
    assert b"Traceback" not in posted


async def test_the_console_command_serves_and_stops_as_the_module_does(environ: dict[str, str]) -> None:
    async with starting(environ, program=AS_CONSOLE_COMMAND) as (process, lines):
        await lines.until(LAST)
        process.send_signal(signal.SIGTERM)
        code, posted = await ended(process, lines)

    assert code == 0
    assert b"stopped" in posted
    assert b"Traceback" not in posted


async def test_a_start_that_waits_for_its_store_is_given_up_when_asked(environ: dict[str, str]) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        mute.setblocking(False)
        url = f"postgresql://u:p@127.0.0.1:{mute.getsockname()[1]}/db?connect_timeout=10"
        async with starting({**environ, "DATABASE_URL": url}) as (process, lines):
            await lines.until(FIRST)
            loop = asyncio.get_running_loop()
            reading = asyncio.ensure_future(lines.rest())
            held, _ = await asyncio.wait_for(loop.sock_accept(mute), STARTS_WITHIN)
            with held:
                process.send_signal(signal.SIGTERM)
                code = await asyncio.wait_for(process.wait(), ENDS_WITHIN)
                posted = await reading

    assert code == 0
    assert b"cannot run" not in posted


@pytest.mark.parametrize("task", ["check", "report"])
async def test_a_report_that_is_cut_off_is_no_good_news(environ: dict[str, str], task: str) -> None:
    async with starting(environ, task) as (process, lines):
        await lines.until(FIRST)
        await lines.some(BEFORE)
        process.send_signal(signal.SIGTERM)
        code, _ = await ended(process, lines)

    assert code == 128 + signal.SIGTERM


async def test_a_second_signal_ends_it_at_once_and_says_so(slack: LocalSlack, environ: dict[str, str]) -> None:
    port = int(environ["PORT"])
    async with starting(environ) as (process, lines), aiohttp.ClientSession(slack.url) as http:
        await lines.until(LAST)
        await slack.deliver_to(f"http://127.0.0.1:{port}{REQUEST_PATH}", STARTS_WITHIN)
        control = Control(http)
        await control.fault(fault="slow", method="users.info", seconds=60)
        await control.command("help")
        process.send_signal(signal.SIGTERM)
        await eventually(partial(is_deaf, port))
        process.send_signal(signal.SIGTERM)
        code, posted = await ended(process, lines)

    assert code == IN_A_HURRY
    assert b"stopped at once, as a second signal asked for" in posted
    assert b"Traceback" not in posted


async def test_a_closed_terminal_stops_a_bot_that_runs(environ: dict[str, str]) -> None:
    async with starting(environ) as (process, lines):
        await lines.until(LAST)
        process.send_signal(signal.SIGHUP)
        code, posted = await ended(process, lines)

    assert code == 0
    assert b"stopped" in posted
    assert b"Traceback" not in posted


def test_a_bot_under_nohup_does_not_hear_that_the_terminal_is_closed() -> None:
    heard_by = "from signal import *; from bot.signals import StopSignals; "
    script = f"{heard_by}StopSignals().install(is_service=True); print(getsignal(SIGHUP) == SIG_IGN)"
    answers = [
        subprocess.run(
            [*prefix, sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        for prefix in (["nohup"], [])
    ]

    assert answers == ["True", "False"]


async def is_deaf(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False


@pytest.mark.parametrize("pause", [0, 10, 200])
async def test_no_signal_of_many_ends_it_as_if_nobody_had_heard(environ: dict[str, str], pause: int) -> None:
    async with starting(environ) as (process, lines):
        await lines.until(LAST)
        reading = asyncio.ensure_future(lines.rest())
        while process.returncode is None:
            # Process.send_signal would ask for the exit code itself, and take it from the event loop's watcher.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            await asyncio.sleep(pause / 1_000)
        posted = await reading

    assert process.returncode in (0, IN_A_HURRY)
    assert b"Traceback" not in posted


def without_file(file: Path) -> None:
    file.unlink()


def without_tables(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE leases")


@pytest.mark.parametrize("disaster", [without_file, without_tables])
async def test_a_bot_whose_store_is_gone_ends_with_a_reason_and_a_failure(
    environ: dict[str, str], tmp_path: Path, disaster: Callable[[Path], None]
) -> None:
    async with starting(environ) as (process, lines):
        await lines.until(LAST)
        disaster(tmp_path / "bot.db")
        code, posted = await ended(process, lines)
    async with starting(environ) as (again, more):
        await more.until(LAST)
        again.send_signal(signal.SIGTERM)
        second, _ = await ended(again, more)

    shown = [json.loads(line) for line in posted.splitlines() if line.startswith(b"{")]
    reasons = [line["reason"] for line in shown if line["event"] == "ended: the store is gone"]
    assert code == 1
    assert len(reasons) == 1
    assert "not there any more" in reasons[0]
    assert b"Traceback" not in posted
    # What was missing is there again.
    assert second == 0
