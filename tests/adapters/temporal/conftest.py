"""One Temporal server for all tests here; each test has workflow ids of its own."""

import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client
from temporalio.runtime import Runtime

from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine
from bot.config import TemporalAddress
from tests.adapters.temporal.server import SEQUENCES, TemporalServer, eventually, worker

LIMIT = timedelta(seconds=10)


@pytest.fixture(scope="package")
def server() -> Iterator[TemporalServer]:
    first = TemporalServer()
    first.start()
    yield first
    first.stop()


@pytest.fixture
async def client(server: TemporalServer) -> Client:
    """For actions of tests: start, cancel, terminate. The server listens before the namespace exists."""

    async def connect() -> Client | None:
        try:
            client = await Client.connect(server.address)
            await client.count_workflows("")
        except RuntimeError:
            return None
        else:
            return client

    found = await eventually(connect, bool)
    assert found
    return found


@pytest.fixture
async def working(client: Client) -> AsyncIterator[None]:
    async with worker(client):
        yield


@pytest.fixture
def engine(server: TemporalServer) -> TemporalEngine:
    return engine_at(server.address)


@pytest.fixture
def control(server: TemporalServer) -> TemporalControl:
    return TemporalControl(temporal_at(server.address), SEQUENCES)


@pytest.fixture
def unique() -> str:
    return uuid.uuid4().hex[:12]


def temporal_at(
    address: str,
    *,
    namespace: str = "default",
    limit: timedelta = LIMIT,
    ui: str | None = None,
    runtime: Runtime | None = None,
) -> TemporalCluster:
    shown = TemporalAddress(address=address, namespace=namespace, ui=ui)
    return TemporalCluster("voice-prod", shown, limit, runtime=runtime)


def engine_at(
    address: str, *, namespace: str = "default", limit: timedelta = LIMIT, ui: str | None = None
) -> TemporalEngine:
    return TemporalEngine(temporal_at(address, namespace=namespace, limit=limit, ui=ui), lambda: datetime.now(UTC))
