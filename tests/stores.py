"""The kinds of store a bot may have, and an empty one of a kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

import pytest

from tests.adapters.store.server import Server


class StoreKind(StrEnum):
    """As ``--store`` names it."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@asynccontextmanager
async def empty_store(kind: StoreKind, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """Its URL, until the block is left."""
    if kind is StoreKind.SQLITE:
        yield request.getfixturevalue("file_url")
        return
    # Asked for here, so that it is started only where it is needed.
    server: Server = request.getfixturevalue("postgresql")
    async with server.database() as url:
        yield url
