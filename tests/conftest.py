"""Stores of either kind for every test that wants one, and the choice of the kind for those that run whole bots."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.adapters.store.server import Server, running_server
from tests.stores import StoreKind, empty_store


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store",
        type=StoreKind,
        choices=list(StoreKind),
        default=StoreKind.SQLITE,
        help="what the bots of tests/e2e keep their memory in",
    )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server on which every test has a database of its own, and which none of them stops."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def store_server(request: pytest.FixtureRequest) -> Server | None:
    """Where the bots of this run have their stores; None when each has an SQLite file."""
    if request.config.getoption("--store") is StoreKind.SQLITE:
        return None
    server: Server = request.getfixturevalue("postgresql")
    return server


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/store.db"


@pytest.fixture
async def server_url(postgresql: Server) -> AsyncIterator[str]:
    async with postgresql.database() as url:
        yield url


@pytest.fixture(params=list(StoreKind))
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """An empty store of each kind."""
    async with empty_store(request.param, request) as url:
        yield url
