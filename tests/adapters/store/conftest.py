"""All sides of the store's contract: the fakes in memory, and the real one on a file and on a server."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.ports import Deliveries, Journal, Lease, Ledger, Outbox
from tests.adapters.store.server import Server, running_server
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.journal import FakeJournal
from tests.fakes.lease import FakeLease
from tests.fakes.ledger import FakeLedger
from tests.fakes.outbox import FakeOutbox

FAKE = "fake"
SQLITE = "sqlite"
POSTGRESQL = "postgresql"
DATABASES = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Sides:
    """What shares one store."""

    journal: Journal
    outbox: Outbox
    ledger: Ledger
    lease: Lease
    deliveries: Deliveries


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/store.db"


@pytest.fixture
async def server_url(server: Server) -> AsyncIterator[str]:
    async with server.database() as url:
        yield url


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, file_url: str) -> AsyncIterator[str]:
    async with _url(request, file_url) as url:
        yield url


@pytest.fixture(params=[FAKE, *DATABASES])
async def store(request: pytest.FixtureRequest, file_url: str) -> AsyncIterator[Sides]:
    if request.param == FAKE:
        outbox = FakeOutbox()
        yield Sides(FakeJournal(outbox), outbox, FakeLedger(), FakeLease(), FakeDeliveries())
        return
    async with _url(request, file_url) as url, open_store(url) as opened:
        yield Sides(opened.journal, opened.outbox, opened.ledger, opened.lease, opened.deliveries)


@asynccontextmanager
async def _url(request: pytest.FixtureRequest, file_url: str) -> AsyncIterator[str]:
    if request.param == SQLITE:
        yield file_url
        return
    # Asked for here, so that it is started only where it is needed.
    server: Server = request.getfixturevalue("server")
    async with server.database() as url:
        yield url
