"""The kinds of store that a bot may have, and how to open an empty one.

An empty store has its tables already, since it is a copy: to create them takes longer than most tests.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path

import pytest

from bot.adapters.store.database import open_database
from bot.adapters.store.migrate import migrate
from tests.adapters.store.server import Server


class StoreKind(StrEnum):
    """A kind of store, as ``--store`` names it."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


def file_url_of(folder: Path) -> str:
    """The URL of a store in a file of this folder."""
    return f"sqlite+aiosqlite:///{folder}/store.db"


@asynccontextmanager
async def empty_store(kind: StoreKind, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Provide an empty store of this kind until the block is left; yields its URL."""
    # Fixtures are asked for here, so that a server is started only where it is needed.
    if kind is StoreKind.SQLITE:
        folder: Path = request.getfixturevalue("tmp_path")
        shutil.copy(request.getfixturevalue("migrated_file"), folder / "store.db")
        yield file_url_of(folder)
        return
    server: Server = request.getfixturevalue("postgresql")
    async with server.database(like=request.getfixturevalue("migrated_database")) as url:
        yield url


def create_tables(url: str) -> None:
    """Give an empty database its tables. It runs in a thread, because a fixture may be in an event loop."""

    async def in_loop() -> None:
        async with open_database(url) as database:
            await migrate(database)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, in_loop()).result()
