"""Fixtures: the listeners over fakes, and a response_url."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld
from tests.handlers.bolt import Edge, ResponseUrl, open_response_url
from tests.handlers.confirming import Desk, struggling_world


@pytest.fixture
async def there() -> AsyncIterator[ResponseUrl]:
    async with open_response_url() as there:
        yield there


@pytest.fixture
async def edge(there: ResponseUrl) -> Edge:
    """The listeners over a world with one open alert, about hilton."""
    world = FakeWorld()
    hilton = episode()
    world.journal.episodes[hilton.id] = hilton
    return Edge(world, there)


@pytest.fixture
async def desk(there: ResponseUrl) -> Desk:
    """A person in front of a world with a backfill that struggles."""
    return Desk(Edge(struggling_world(), there))
