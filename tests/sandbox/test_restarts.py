"""Temporal and ClickHouse killed and started again under a world that goes on."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHandle

from sandbox.worker.contract import TASK_QUEUE, Backfill, Progress, workflow_id
from sandbox.worker.workflow import CustomerBackfill
from sandbox.world import LIVES_AT_LEAST_SECONDS
from tests.sandbox.eventually import eventually
from tests.sandbox.fleet import pending
from tests.sandbox.liveness import alive
from tests.sandbox.processes import SINGLE, Sandbox, rows, sandbox

ROUTE = "_control/restart"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox(tmp_path_factory.mktemp("restarts") / "env", "--scenario", SINGLE) as started:
        yield started


@pytest.fixture(scope="module")
def ready_at(world: Sandbox) -> float:
    return time.monotonic()


@pytest.fixture
def ending_world(tmp_path: Path) -> Iterator[Sandbox]:
    """For one test alone, which ends it."""
    with sandbox(tmp_path / "env", "--scenario", SINGLE) as started:
        yield started


@pytest_asyncio.fixture
async def client(world: Sandbox) -> Client:
    return await Client.connect(server(world, "temporal"), namespace="solo")


def server(world: Sandbox, part: str) -> str:
    """Its address, not that of the relay."""
    return str(world.get("_control/world")["clusters"]["solo"][part]["direct"])


async def submit(client: Client, customer: str, end: str) -> WorkflowHandle[Any, Progress]:
    """A run of half a second a day."""
    backfill = Backfill(customer, "2026-01-01", end)
    return await client.start_workflow(
        CustomerBackfill.run, backfill, id=workflow_id(customer, backfill.start, end), task_queue=TASK_QUEUE
    )


async def begun(handle: WorkflowHandle[Any, Progress]) -> bool:
    activity = await pending(handle)
    return activity is not None and activity.HasField("last_heartbeat_time")


@asynccontextmanager
async def restarting(world: Sandbox, order: dict[str, Any]) -> AsyncIterator[asyncio.Task[tuple[int, Any]]]:
    """The server is away when the context begins; its task has the answer."""
    name = "-".join(str(order[key]) for key in ("part", "cluster") if key in order)
    ordered = asyncio.create_task(asyncio.to_thread(world.post, ROUTE, order))

    async def away() -> bool:
        return name not in world.pids

    try:
        await eventually(away)
        yield ordered
    finally:
        with suppress(OSError):  # a world that ends may say nothing more
            await ordered


async def test_a_run_that_was_under_way_goes_on_after_a_restart_of_temporal(world: Sandbox, client: Client) -> None:
    before = world.pids
    handle = await submit(client, "idle", "2026-01-11")
    await eventually(lambda: begun(handle))

    status, answer = await asyncio.to_thread(world.post, ROUTE, {"part": "temporal"})
    back_at = datetime.now(UTC)
    done = await asyncio.wait_for(handle.result(), 60)
    closed_at = (await handle.describe()).close_time
    after = world.pids

    assert status == 200
    assert 0 < answer["away_seconds"] < 60
    assert closed_at is not None
    assert closed_at > back_at
    assert done.day == "2026-01-10"
    assert {name for name in before if before[name] != after[name]} == {"temporal"}
    assert not alive(before["temporal"])


async def test_a_run_that_was_under_way_goes_on_after_a_restart_of_clickhouse(world: Sandbox, client: Client) -> None:
    before, url = world.pids, server(world, "clickhouse")
    counted = "SELECT count() FROM {} WHERE customer = 'spare'"
    handle = await submit(client, "spare", "2026-01-11")
    await eventually(lambda: begun(handle))

    order = {"part": "clickhouse", "cluster": "solo", "down_seconds": 1}
    status, answer = await asyncio.to_thread(world.post, ROUTE, order)
    back_at = datetime.now(UTC)
    await asyncio.wait_for(handle.result(), 60)
    closed_at = (await handle.describe()).close_time
    after = world.pids

    assert status == 200
    assert 1 < answer["away_seconds"] < 60
    assert closed_at is not None
    assert closed_at > back_at
    assert rows(url, counted.format("source.scores")) == rows(url, counted.format("analytics.scores FINAL")) == [[80]]
    assert {name for name in before if before[name] != after[name]} == {"clickhouse-solo"}
    assert not alive(before["clickhouse-solo"])


async def test_a_second_restart_is_refused_while_one_is_under_way(world: Sandbox) -> None:
    order = {"part": "clickhouse", "cluster": "solo", "down_seconds": 1}
    async with restarting(world, order) as first:
        second = await asyncio.to_thread(world.post, ROUTE, order)
        other = await asyncio.to_thread(world.post, ROUTE, {"part": "temporal"})

    assert second == (409, {"error": "clickhouse-solo is being restarted already"})
    assert other[0] == (await first)[0] == 200


async def test_a_worker_that_is_killed_while_temporal_is_away_waits_for_it(
    world: Sandbox, client: Client, ready_at: float
) -> None:
    # Younger ones that end are taken for broken, and end the world.
    await asyncio.sleep(ready_at + LIVES_AT_LEAST_SECONDS - time.monotonic())
    first = world.pids["worker"]

    async def started_again() -> bool:
        return world.pids.get("worker", first) != first

    async with restarting(world, {"part": "temporal", "down_seconds": 3}):
        os.kill(first, signal.SIGKILL)
        await eventually(started_again)
        second = world.pids["worker"]
    done = await asyncio.wait_for((await submit(client, "idle", "2026-01-02")).result(), 60)

    assert done.day == "2026-01-01"
    assert world.pids["worker"] == second


@pytest.mark.parametrize(
    ("order", "status", "error"),
    [
        (
            {"part": "clickhouse", "cluster": "omega"},
            404,
            "there is no cluster 'omega'; there are solo",
        ),
        ({"part": "both"}, 400, "part: Input should be 'temporal' or 'clickhouse'"),
        ({"part": "clickhouse"}, 400, "cluster belongs to part clickhouse, which needs it"),
        ({"part": "temporal", "cluster": "solo"}, 400, "cluster belongs to part clickhouse, which needs it"),
        ({"part": "temporal", "down_seconds": 60.5}, 400, "down_seconds: Input should be less than or equal to 60"),
        ({"part": "temporal", "down_seconds": -1}, 400, "down_seconds: Input should be greater than or equal to 0"),
        ({"part": "temporal", "for": "fun"}, 400, "for: Extra inputs are not permitted"),
        ([], 400, "body: Input should be an object"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(world: Sandbox, order: Any, status: int, error: str) -> None:
    before = world.pids

    assert world.post(ROUTE, order) == (status, {"error": error})
    assert world.pids == before


async def test_a_world_ends_while_a_server_is_away(ending_world: Sandbox) -> None:
    pids = ending_world.pids
    async with restarting(ending_world, {"part": "clickhouse", "cluster": "solo", "down_seconds": 60}):
        ending_world.process.terminate()
        status = await asyncio.to_thread(ending_world.process.wait, 30)

    assert status == 0
    assert {name for name, pid in pids.items() if alive(pid)} == set()


async def test_a_server_that_does_not_come_back_ends_the_world(ending_world: Sandbox) -> None:
    port = urlsplit(server(ending_world, "clickhouse")).port
    pids = ending_world.pids
    async with restarting(ending_world, {"part": "clickhouse", "cluster": "solo", "down_seconds": 1}):
        with socket.create_server(("127.0.0.1", port)):
            status = await asyncio.to_thread(ending_world.process.wait, 30)

    assert status == 1
    assert {name for name, pid in pids.items() if alive(pid)} == set()
