"""Real servers, one of each for all tests of a process: a cluster's ClickHouse and a Temporal dev server."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import clickhouse_connect
import pytest
import pytest_asyncio
from clickhouse_connect.driver.asyncclient import AsyncClient
from temporalio.client import Client

from sandbox.processes import DIE_WITH_PARENT
from sandbox.temporal_server import (
    Namespaces,
    TemporalPorts,
    temporal_binary,
    temporal_clients,
    temporal_command,
    temporal_ports,
)
from sandbox.worker.shapes import SHAPES

NAMESPACE = "alpha"
ATTRIBUTES = tuple(name for shape in SHAPES.values() for name in shape.search_attributes)


@contextmanager
def running(command: list[str], stdout: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
    """Ends with the context, and with the test process however that ends."""
    bound = [sys.executable, "-I", "-S", str(DIE_WITH_PARENT), str(os.getpid()), *command]
    with subprocess.Popen(bound, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="package")
def clickhouse_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    path: Path = tmp_path_factory.mktemp("clickhouse") / "data"
    command = [sys.executable, "-m", "sandbox.clickhouse", "--path", str(path), "--port", "0"]
    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


@pytest.fixture
def clickhouse_url(clickhouse_port: int) -> str:
    return f"http://127.0.0.1:{clickhouse_port}/"


@pytest_asyncio.fixture
async def clickhouse(clickhouse_port: int) -> AsyncIterator[AsyncClient]:
    client = await clickhouse_connect.get_async_client(host="127.0.0.1", port=clickhouse_port, username="default")
    try:
        yield client
    finally:
        await client.close()


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(scope="package")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalPorts]:
    ports = temporal_ports()
    database = tmp_path_factory.mktemp("temporal") / "temporal.db"
    with running(temporal_command(temporal_binary(), ports, database, Namespaces([NAMESPACE], ATTRIBUTES))):
        asyncio.run(temporal_clients(ports, [NAMESPACE]))
        yield ports


@pytest_asyncio.fixture
async def temporal_client(temporal: TemporalPorts) -> Client:
    return await Client.connect(temporal.address, namespace=NAMESPACE)
