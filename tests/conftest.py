"""Fixtures for stores of each kind, the choice of the kind for whole bots, and the order of all tests."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest
import structlog
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

from bot.garbage import exempt_from_collection, uncollected
from tests.adapters.store.server import Server, running_server
from tests.stores import StoreKind, create_tables, empty_store, file_url_of

END_TO_END = "tests/e2e/"
# What takes a worker a minute or so, in the order in which it begins: the longest first.
LONG = (
    "tests/e2e/test_replicas.py",
    "tests/e2e/test_monday.py",
    "tests/e2e/test_morning.py",
    "tests/test_shutdown.py",
    "tests/e2e/test_foreign.py",
    "tests/e2e/test_durable.py",
    "tests/chaos/",
    "tests/e2e/test_init_on_foreign.py",
    "tests/e2e/steered/",
    "tests/e2e/test_restart.py",
    "tests/e2e/tiny/",
    END_TO_END,
    "tests/sequences/test_many_sequences.py",
    "tests/sequences/test_queue_of_thousands.py",
    "tests/sequences/test_durability.py",
    "tests/handlers/test_speak_on_slack.py",
    "tests/test_secrets_stay.py",
    "tests/test_init_command.py",
    "tests/test_expressions.py",
    "tests/sandbox/",
    "tests/adapters/store/",
    "tests/test_http_under_attack.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store",
        type=StoreKind,
        choices=list(StoreKind),
        default=StoreKind.SQLITE,
        help="what the bots of tests/e2e keep their memory in",
    )


# Hypothesis fails an example that takes over 200 ms, which measures the machine.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_configure() -> None:
    """Tracebacks in the log of the tests are plain, as the bot writes them: structlog would let rich draw each with
    all its variables, which takes seconds (https://www.structlog.org/en/stable/console-output.html)."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are collected, and stay: looking for garbage among them would take most of the time."""
    with uncollected():
        collected = yield
    exempt_from_collection()
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run long tests first, so that short ones fill the gaps at the end."""
    items.sort(key=lambda item: next((n for n, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG)))


class ByWorld(LoadFileScheduling):  # type: ignore[misc]  # its class is not typed
    """All modules of a folder in tests/e2e share a world: one process runs them, without a pause in between."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(super()._split_scope(nodeid))
        return str(file.parent if str(file.parent).startswith(END_TO_END) else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByWorld:
    return ByWorld(config, log)


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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store to copy."""
    folder = tmp_path_factory.mktemp("migrated")
    create_tables(file_url_of(folder))
    return folder / "store.db"


@pytest.fixture(scope="session")
def migrated_database(postgresql: Server) -> str:
    """The name of an empty store to copy."""
    with ThreadPoolExecutor(1) as thread:
        url = thread.submit(asyncio.run, postgresql.create_database()).result()
    create_tables(url)
    return url.rpartition("/")[2]


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return file_url_of(tmp_path)


@pytest.fixture
async def server_url(postgresql: Server) -> AsyncIterator[str]:
    """A database without tables."""
    async with postgresql.database() as url:
        yield url


@pytest.fixture(params=list(StoreKind))
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """An empty store of each kind."""
    async with empty_store(request.param, request) as url:
        yield url
