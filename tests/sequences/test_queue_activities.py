"""The activities of a cluster's queue, each as Temporal calls it: with an attempt, and a time at which that began."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from bot.errors import Unavailable
from bot.model.queue import NotBegun
from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult
from bot.sequences.queue_activities import BEGIN_ATTEMPTS, BEGIN_WITHIN, QueueActivities
from tests.fakes.services import FakeWorld
from tests.fleet.queue.builders import BATCH
from tests.usecases.steered import VOICE, fleet

TURN = datetime(2026, 11, 29, 3, tzinfo=UTC)
REQUEST = BeginQueuedRequest(BATCH, "sunbit", "s1", may_wait=True, since=TURN)
WAITS = BeginQueuedResult(NotBegun.NOT_NOW)


@pytest.fixture
def world() -> FakeWorld:
    """Nobody polls for the windows."""
    world = fleet()
    world.engines[VOICE].workers["backfill"] = 0
    return world


async def begun(
    world: FakeWorld, request: BeginQueuedRequest, after: timedelta = timedelta(0), attempt: int = 1
) -> BeginQueuedResult:
    """The result of an attempt that begins this long after the turn came."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt, started_time=TURN + after)
    return await environment.run(QueueActivities(VOICE, world.services).begin_queued, request)


async def test_before_its_time_is_over_the_turn_of_a_customer_without_workers_is_tried_again(
    world: FakeWorld,
) -> None:
    with pytest.raises(Unavailable):
        await begun(world, REQUEST, BEGIN_WITHIN - timedelta(seconds=1))


async def test_the_turn_of_a_customer_without_workers_ends_when_its_time_is_over_whatever_the_attempt(
    world: FakeWorld,
) -> None:
    """The next run of the queue begins the activity again, so the attempts count from one again."""
    assert await begun(world, REQUEST, BEGIN_WITHIN) == WAITS


async def test_the_turn_ends_with_its_attempts_where_an_earlier_version_has_not_noted_when_it_came(
    world: FakeWorld,
) -> None:
    request = replace(REQUEST, since=None)

    with pytest.raises(Unavailable):
        await begun(world, request, BEGIN_WITHIN, BEGIN_ATTEMPTS - 1)
    assert await begun(world, request, BEGIN_WITHIN, BEGIN_ATTEMPTS) == WAITS


async def test_a_queue_of_an_earlier_version_tries_for_as_long_as_nobody_works(world: FakeWorld) -> None:
    with pytest.raises(Unavailable):
        await begun(world, replace(REQUEST, may_wait=False), BEGIN_WITHIN, BEGIN_ATTEMPTS)
