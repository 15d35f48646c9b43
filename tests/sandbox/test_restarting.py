"""Restarts of processes that only sleep: one at a time, bounded, and none left."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sandbox.errors import NotReady
from sandbox.processes import Child, Processes
from sandbox.restarts import RestartInProgress, Restarts
from tests.sandbox.eventually import eventually
from tests.sandbox.liveness import alive

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest_asyncio.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Processes]:
    started = Processes(tmp_path, cwd=tmp_path)
    try:
        await started.start("server", SLEEPER)
        yield started
    finally:
        await started.stop()


@pytest.fixture
def restarts(processes: Processes) -> Restarts:
    async def start() -> Child:
        return await processes.start("server", SLEEPER)

    return Restarts(processes, {"server": start})


async def given_up(restarting: Coroutine[Any, Any, float]) -> None:
    """Ordered by somebody who leaves as soon as it has begun."""
    order = asyncio.create_task(restarting)
    await asyncio.sleep(0)
    order.cancel()
    await asyncio.wait({order})
    assert order.cancelled()


async def test_it_tells_how_long_the_server_was_away(processes: Processes, restarts: Restarts) -> None:
    first = processes.pids["server"]

    away = await restarts.restart("server", down_seconds=0.2)

    assert away >= 0.2
    assert processes.pids["server"] != first
    assert not alive(first)


async def test_a_restart_goes_on_when_whoever_ordered_it_has_gone(processes: Processes, restarts: Restarts) -> None:
    first = processes.pids["server"]
    await given_up(restarts.restart("server", down_seconds=2))
    with pytest.raises(RestartInProgress):
        await restarts.restart("server", down_seconds=0)

    async def is_back() -> bool:
        return processes.pids.get("server", first) != first

    assert await eventually(is_back)


async def test_a_server_that_does_not_answer_in_time_is_a_failure(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.restarts.BACK_WITHIN_SECONDS", 0.1)

    async def hang() -> None:
        await asyncio.Event().wait()

    restarts = Restarts(processes, {"server": hang})
    with pytest.raises(NotReady, match=r"server did not answer for 0\.1 s after its restart"):
        await restarts.restart("server", down_seconds=0)

    assert isinstance(await restarts.failure(), NotReady)


async def test_nothing_is_started_after_the_stop(processes: Processes, restarts: Restarts) -> None:
    await given_up(restarts.restart("server", down_seconds=60))

    async def is_away() -> bool:
        return not processes.pids

    assert await eventually(is_away)
    await restarts.stop()

    assert processes.pids == {}
