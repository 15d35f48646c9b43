"""The kinds of store that a bot may have, and how to open an empty one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

import pytest

from tests.adapters.store.server import Server


class StoreKind(StrEnum):
    """A kind of store, as ``--store`` names it."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@asynccontextmanager
async def empty_store(kind: StoreKind, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Provide an empty store of this kind until the block is left; yields its URL."""
    if kind is StoreKind.SQLITE:
        yield request.getfixturevalue("file_url")
        return
    # Asked for here, so that it is started only where it is needed.
    server: Server = request.getfixturevalue("postgresql")
    async with server.database() as url:
        yield url
