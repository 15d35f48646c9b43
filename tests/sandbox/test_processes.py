"""Processes of the sandbox: they end with it, however it ends."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.errors import ChildDied
from sandbox.processes import DIE_WITH_PARENT, Processes, last_lines
from tests.sandbox.eventually import eventually
from tests.sandbox.liveness import alive

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
PARENT = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-I", "-S", sys.argv[1], str(os.getpid()), *sys.argv[2:]])
print(child.pid, flush=True)
child.wait()
"""
WATCHER = """
import sys
sys.path.insert(0, sys.argv[1])
import die_with_parent
sys.exit(die_with_parent.watch_stdin(sys.argv[2:]))
"""
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print(1, flush=True)
time.sleep(600)
"""
SIGNS_OFF = """
import signal, sys, time
def sign_off(*_):
    with open(sys.argv[1], "a") as book:
        print(sys.argv[2], file=book)
    sys.exit()
signal.signal(signal.SIGTERM, sign_off)
print(1, flush=True)
time.sleep(600)
"""
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)",
]


@pytest_asyncio.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Processes]:
    started = Processes(tmp_path, cwd=tmp_path)
    try:
        yield started
    finally:
        await started.stop()


async def gone(pid: int) -> bool:
    return not alive(pid)


async def test_stopping_ends_every_process(processes: Processes) -> None:
    children = [await processes.start(f"sleeper-{number}", SLEEPER) for number in range(3)]

    await processes.stop()

    assert [alive(child.pid) for child in children] == [False] * 3
    assert processes.pids == {}


async def test_stopping_goes_to_its_end_although_somebody_cancels_it(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.processes.GRACE_SECONDS", 1)
    stubborn, _ = await processes.start_and_read_line("one", STUBBORN)
    stopping = asyncio.create_task(processes.stop())
    await asyncio.sleep(0)
    stopping.cancel()
    await asyncio.wait({stopping})

    assert stopping.cancelled()
    assert not alive(stubborn.pid)


async def test_a_process_that_ignores_the_request_is_killed(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.processes.GRACE_SECONDS", 0.2)
    child, _ = await processes.start_and_read_line("stubborn", STUBBORN)

    await processes.stop()

    assert child.process.returncode == -signal.SIGKILL


async def test_a_death_is_told_with_its_last_words(processes: Processes) -> None:
    await processes.start("loud", [sys.executable, "-c", "print('too\\n\\nhot'); raise SystemExit(3)"])

    death = (await asyncio.wait_for(processes.next_death(), 60)).death

    assert str(death) == "loud ended by itself with status 3\n  loud| too\n  loud| hot"


async def test_a_silent_death_is_told_too(processes: Processes) -> None:
    await processes.start("quiet", [sys.executable, "-c", ""])

    death = (await asyncio.wait_for(processes.next_death(), 60)).death

    assert str(death) == "quiet ended by itself with status 0, saying nothing"


async def test_a_server_that_dies_before_its_first_line_is_a_death(processes: Processes) -> None:
    with pytest.raises(ChildDied, match=r"(?s)server ended by itself with status 1\n.*\| ZeroDivisionError"):
        await processes.start_and_read_line("server", [sys.executable, "-c", "1 / 0"])


async def test_a_process_gets_nothing_of_the_persons_environment_but_the_basics(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONAL_TOKEN", "secret")
    show = "import os; print(sorted(set(os.environ) & {'PATH', 'PERSONAL_TOKEN', 'GIVEN'}))"
    child = await processes.start("curious", [sys.executable, "-c", show], {"GIVEN": "1"})

    await child.process.wait()

    assert last_lines(child.log) == ["['GIVEN', 'PATH']"]


async def test_processes_die_with_a_parent_that_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(DIE_WITH_PARENT), *SLEEPER, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()

    assert await eventually(lambda: gone(child))


def test_nothing_starts_for_a_parent_that_is_gone(tmp_path: Path) -> None:
    made = tmp_path / "made"

    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(DIE_WITH_PARENT), "1", "touch", str(made)],
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert ended.returncode == 1
    assert not made.exists()


def watching(command: list[str]) -> subprocess.Popen[bytes]:
    """die_with_parent.py as it runs where the kernel does not help."""
    watch = [sys.executable, "-c", WATCHER, str(DIE_WITH_PARENT.parent), *command]
    return subprocess.Popen(watch, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_without_the_kernels_help_the_end_of_stdin_ends_the_process() -> None:
    with watching(STUBBORN) as wrapper:
        assert wrapper.stdout is not None
        wrapper.stdout.readline()
        assert wrapper.stdin is not None
        wrapper.stdin.close()

        assert wrapper.wait(10) == -signal.SIGKILL % 256


def test_without_the_kernels_help_a_request_to_end_is_passed_on() -> None:
    with watching([sys.executable, "-c", POLITE]) as wrapper:
        assert wrapper.stdout is not None
        wrapper.stdout.readline()
        wrapper.terminate()

        assert wrapper.wait(10) == 7


async def test_one_that_is_killed_is_gone_and_its_death_is_not_told(processes: Processes) -> None:
    first = await processes.start("server", STUBBORN)
    await processes.kill("server")
    second = await processes.start("server", SLEEPER)
    await processes.start("quiet", [sys.executable, "-c", ""])

    death = await asyncio.wait_for(processes.next_death(), 60)

    assert death.name == "quiet"
    assert first.process.returncode == -signal.SIGKILL
    assert processes.pids == {"server": second.pid}


async def test_killing_reaches_the_server_behind_a_wrapper_that_stays(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.processes.GRACE_SECONDS", 2)
    tell_pid = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
    wrapper, pid = await processes.start_and_read_line(
        "server", [sys.executable, "-c", WATCHER, str(DIE_WITH_PARENT.parent), *tell_pid]
    )

    await processes.kill("server")

    assert int(pid) != wrapper.pid
    assert not alive(int(pid))


async def test_killing_what_has_ended_by_itself_is_no_error(processes: Processes) -> None:
    await processes.start("quiet", [sys.executable, "-c", ""])
    await asyncio.wait_for(processes.next_death(), 60)

    await processes.kill("quiet")

    assert processes.pids == {}


async def test_what_was_started_again_is_ended_when_the_first_would_have_been(
    processes: Processes, tmp_path: Path
) -> None:
    for name in ("server", "client"):
        await processes.start_and_read_line(name, [sys.executable, "-c", SIGNS_OFF, str(tmp_path / "ended"), name])
    await processes.kill("server")
    await processes.start_and_read_line(
        "server", [sys.executable, "-c", SIGNS_OFF, str(tmp_path / "ended"), "server"]
    )

    await processes.stop()

    assert (tmp_path / "ended").read_text().split() == ["client", "server"]
