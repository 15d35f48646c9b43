"""``status`` reads the queue: places, holders, and unknown where nobody answers for it."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.commands import Status
from bot.errors import Unavailable
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board
from bot.fleet.status.queue import QueueSilent, QueueSummary
from bot.model.queue import QueueStanding
from bot.usecases.status import status
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.queue import FakeQueue
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, NOW
from tests.fleet.queue.builders import queue, survey
from tests.fleet.sizes import evenly

VOICE = "voice-prod"
CUSTOMERS = {VOICE: ("hilton", "vivint"), "chat-prod": ("verizon",)}


@dataclass
class FrozenQueue(FakeQueue):
    """Never answers."""

    async def standing(self) -> QueueStanding | None:
        await asyncio.Event().wait()
        return await super().standing()


def world_with(of: FakeQueue, **sections: object) -> FakeWorld:
    world = FakeWorld(config(CUSTOMERS, **sections), now=NOW)
    world.queues[VOICE] = of
    world.warehouses[VOICE].volume = {name: evenly(1_000, CAMPAIGN) for name in CUSTOMERS[VOICE]}
    return world


async def status_of(world: FakeWorld, target: str = "") -> StatusResult:
    return await status(Status(target=target), world.services)


def queues(board: Board) -> dict[str, QueueSummary | QueueSilent | None]:
    return {row.cluster: row.queue for row in board.answered}


@pytest.fixture
def world() -> FakeWorld:
    return world_with(FakeQueue(queue(("vivint", 1), ("hilton", 2)), survey()))


async def test_the_fleet_and_a_cluster_show_the_queue_and_no_queue_where_none_is_open(world: FakeWorld) -> None:
    fleet, cluster = await status_of(world), await status_of(world, VOICE)
    other = await status_of(world, "chat-prod")

    assert isinstance(fleet, FleetStatus)
    assert isinstance(cluster, ClusterStatus)
    assert isinstance(other, ClusterStatus)
    shown = queues(cluster.board)[VOICE]
    assert isinstance(shown, QueueSummary)
    assert shown.upcoming == ("vivint", "hilton")
    assert queues(fleet.board) == {VOICE: shown, "chat-prod": None}
    assert queues(other.board) == {"chat-prod": None}


async def test_a_queued_customer_has_its_place(world: FakeWorld) -> None:
    answer = await status_of(world, "hilton")

    assert isinstance(answer, CustomerStatus)
    assert isinstance(answer.standing, Backfill)
    place = answer.standing.place
    assert place
    assert (place.place, place.waiting, place.reason) == (2, 2, "the January gap")


async def test_a_queue_that_does_not_answer_is_unknown_and_hides_nothing_else() -> None:
    world = world_with(FakeQueue(away=Unavailable("Temporal of voice-prod", "no answer")))
    cluster, customer = await status_of(world, VOICE), await status_of(world, "hilton")

    assert isinstance(cluster, ClusterStatus)
    assert isinstance(customer, CustomerStatus)
    assert isinstance(customer.standing, Backfill)
    assert queues(cluster.board) == {VOICE: QueueSilent("no answer")}
    assert customer.standing.turn == QueueSilent("no answer")


@on_idle_clock
async def test_a_queue_that_never_answers_takes_no_longer_than_a_cluster() -> None:
    cluster = await status_of(world_with(FrozenQueue(), watch={"time_limit": "10s"}), VOICE)

    assert isinstance(cluster, ClusterStatus)
    assert queues(cluster.board) == {VOICE: QueueSilent("no answer within 10 s")}
