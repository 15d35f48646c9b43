"""Both sides of the store's contract: the fake in memory and the real one on a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.ports import Journal, Outbox
from tests.fakes.journal import FakeJournal
from tests.fakes.outbox import FakeOutbox


@dataclass(frozen=True)
class Sides:
    """A journal and the outbox that it fills."""

    journal: Journal
    outbox: Outbox


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/store.db"


@pytest.fixture(params=["fake", "sql"])
async def store(request: pytest.FixtureRequest, url: str) -> AsyncIterator[Sides]:
    if request.param == "fake":
        outbox = FakeOutbox()
        yield Sides(FakeJournal(outbox), outbox)
        return
    async with open_store(url) as opened:
        yield Sides(opened.journal, opened.outbox)
