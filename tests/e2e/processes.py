"""Starts the sandbox and the bot as a person would, each a process of its own, and ends them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.adapters.store import open_store
from tests.adapters.store.server import Server
from tests.e2e.asking import SHORTEST_REST, answers_of
from tests.e2e.control import Control

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests/scenarios"
TINY = SCENARIOS / "tiny.toml"
READY = "sandbox ready: "
CONNECTED = "connected to Slack"
# In seconds; many times what a quiet machine takes, since tests share theirs.
READY_LIMIT = 480.0
LIMIT = 300.0
TO_THE_END = 900.0  # of many windows, or of all attempts until an alert
STOP_LIMIT = 120.0
STILL = 5.0  # longer than edits of a message are apart
LAST_LINES = 3_000  # characters of a log that a failed test shows
# In seconds: how long a bot waits for a cluster and its store. With the 3 s of its default, it says "unknown" of what
# answers later, and a machine that runs other tests beside these may be that slow.
PATIENCE = 20
DEFAULT_PATIENCE = 3

_T = TypeVar("_T")


@dataclass(frozen=True)
class Sandbox:
    """A world that stands; ``environ`` is what a bot in it needs."""

    control: Control
    url: str
    environ: Mapping[str, str]
    ready_after: float


@contextmanager
def sandbox(
    scenario: str | Path, folder: Path, store: Server | None, *, speed: float, patience: int = PATIENCE
) -> Iterator[Sandbox]:
    """A world without a bot, until the block is left. Its bots share an SQLite file, or a database of ``store``. With
    little ``patience`` they soon say that a system does not answer."""
    env_file, log = folder / "bot.env", folder / "sandbox.log"
    command = [sys.executable, "-m", "sandbox", "--scenario", str(scenario), "--speed", str(speed)]
    command += ["--slack-port", "0", "--no-bot", "--env-file", str(env_file)]
    started = time.monotonic()
    with log.open("w") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            url = _ready_url(process, log)
            environ = dict(line.split("=", 1) for line in env_file.read_text().splitlines() if line)
            if store:
                environ["DATABASE_URL"] = asyncio.run(store.create_database())
            _set_pace(Path(environ["BACKFILL_CONFIG"]), patience)
            yield Sandbox(Control(url), url, environ, time.monotonic() - started)
        finally:
            _stop(process)


def _set_pace(config: Path, patience: int) -> None:
    """Have bots wait so long for an answer, and three times as long for a count. They look half as often as for
    people: looking is most of what bots and servers do in these worlds."""
    text = config.read_text()
    watch, verify = '[watch]\nevery = "1s"\n', '[verify]\ntime_limit = "10s"\n'
    assert (text.count(watch), text.count(verify)) == (1, 1), text
    text = text.replace(watch, f'[watch]\nevery = "2s"\ntime_limit = "{patience}s"\n')
    config.write_text(text.replace(verify, f'[verify]\ntime_limit = "{3 * patience}s"\n'))


@contextmanager
def bot(world: Sandbox, folder: Path, **changes: str) -> Iterator["subprocess.Popen[str]"]:
    """A bot in that world, connected; ``changes`` are environment variables that differ."""
    shown = folder / "bot.log"
    with shown.open("a") as log:
        connections = shown.read_text().count(CONNECTED)
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "--env-file", os.devnull],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **world.environ, **changes},
            stdout=log,
            stderr=log,
            text=True,
        )
        try:
            # The call that opens a connection comes before the socket stands: a command between the two finds nobody.
            eventually(lambda: process.poll() is not None or shown.read_text().count(CONNECTED) > connections)
            assert process.poll() is None, shown.read_text()[-LAST_LINES:]
            yield process
        finally:
            _stop(process)


def kill(process: "subprocess.Popen[str]") -> None:
    """``kill -9``: no farewell."""
    process.send_signal(signal.SIGKILL)
    process.wait(STOP_LIMIT)


def lapse(world: Sandbox, *, held_by: "subprocess.Popen[str]") -> None:
    """As if the time had passed for which that bot still holds its leases since it was killed: another one may take
    them at once. Leases that somebody else holds are left alone."""
    asyncio.run(_lapse(world.environ["DATABASE_URL"], held_by.pid))


async def _lapse(url: str, killed: int) -> None:
    async with open_store(url) as store:
        for holder in (await store.leases.holders(datetime.now(UTC))).bots():
            if f" process {killed} (" in holder:
                await store.leases.give_back(holder)


def eventually(read: Callable[[], _T], limit: float = LIMIT, rest: float = SHORTEST_REST) -> _T:
    """What ``read`` gives as soon as it is true; fails with its last answer when that takes too long."""
    deadline = time.monotonic() + limit
    for seen in answers_of(read, rest):
        if seen:
            break
        assert time.monotonic() < deadline, f"still {seen!r} after {limit:g} s"
    return seen


def until(
    read: Callable[[], _T], holds: Callable[[_T], bool], limit: float = LIMIT, rest: float = SHORTEST_REST
) -> _T:
    """What ``read`` gives as soon as that holds of it; fails with what it last gave when that takes too long."""
    deadline = time.monotonic() + limit
    for seen in answers_of(read, rest):
        if holds(seen):
            break
        assert time.monotonic() < deadline, f"after {limit:g} s it is still {seen!r}"
    return seen


def settled(read: Callable[[], _T], span: float = STILL, limit: float = LIMIT) -> _T:
    """What ``read`` gives once it has given the same for ``span`` seconds."""
    deadline = time.monotonic() + limit
    seen, since = read(), time.monotonic()
    for now in answers_of(read):
        if now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since >= span:
            break
        assert time.monotonic() < deadline, f"still changing after {limit:g} s: {seen!r}"
    return seen


def _ready_url(process: "subprocess.Popen[str]", log: Path) -> str:
    """The URL of the one line it prints. A process that ends first, or hangs, is told with its log."""
    line = _line_within(process, READY_LIMIT)
    assert line.startswith(READY), f"{line!r}\n{log.read_text()[-LAST_LINES:]}"
    return line.removeprefix(READY).strip()


def _line_within(process: "subprocess.Popen[str]", limit: float) -> str:
    """Its first line; what there is of it when the process has ended or time is up."""
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    deadline, line = time.monotonic() + limit, ""
    while not line.endswith("\n") and time.monotonic() < deadline:
        has_ended = process.poll() is not None
        piece = process.stdout.readline()
        line += piece
        if not piece:
            if has_ended:
                break
            time.sleep(0.05)
    return line


def _stop(process: "subprocess.Popen[str]") -> None:
    """Ask it to end, which everything here does by itself."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_LIMIT)
            raise AssertionError(f"{process.args!r} did not end within {STOP_LIMIT:g} s of SIGTERM") from None
    if process.stdout:
        process.stdout.close()
