"""The queue of a cluster follows commands for the whole cluster."""

import pytest

from bot.commands import Cancel, ControlRequest, Pause, Resume, Split, Terminate
from bot.errors import Unavailable
from bot.model.queue import QueueChange, QueueInstruction
from bot.usecases.control.change_queue import change_queue
from tests.fakes.queue import FakeQueue
from tests.fakes.services import OPERATOR, FakeWorld
from tests.fleet.builders import window
from tests.fleet.queue.builders import queue

VOICE = "voice-prod"


def world_with(fake: FakeQueue) -> FakeWorld:
    world = FakeWorld()
    world.queues[VOICE] = fake
    return world


@pytest.mark.parametrize(
    ("command", "change"),
    [
        (Pause(target=VOICE), QueueChange.PAUSE),
        (Resume(target=VOICE), QueueChange.RESUME),
        (Cancel(target=VOICE), QueueChange.CLEAR),
        (Terminate(target=VOICE), QueueChange.CLEAR),
    ],
)
async def test_what_is_stopped_or_goes_on_for_a_cluster_does_so_in_its_queue(
    command: ControlRequest, change: QueueChange
) -> None:
    fake = FakeQueue(queue(("hilton", 1)))
    await change_queue(command, VOICE, OPERATOR, world_with(fake).services)

    assert fake.changes == [QueueInstruction(change, OPERATOR)]


@pytest.mark.parametrize("command", [Split(target="hilton"), Cancel(target=VOICE, range=window(1, 6))])
async def test_other_commands_leave_the_queue_as_it_is(command: ControlRequest) -> None:
    fake = FakeQueue(queue(("hilton", 1)))
    await change_queue(command, VOICE, OPERATOR, world_with(fake).services)

    assert fake.changes == []


async def test_where_no_queue_is_open_none_is_begun() -> None:
    fake = FakeQueue()
    await change_queue(Pause(target=VOICE), VOICE, OPERATOR, world_with(fake).services)

    assert fake.state is None


async def test_a_queue_that_cannot_be_reached_keeps_nothing_from_being_stopped() -> None:
    fake = FakeQueue(queue(("hilton", 1)), away=Unavailable("Temporal", "no answer"))
    await change_queue(Cancel(target=VOICE), VOICE, OPERATOR, world_with(fake).services)

    assert fake.changes == []
