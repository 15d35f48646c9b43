"""terminate: everything open of a customer and of a cluster."""

import pytest

from bot.commands import Terminate
from bot.model import SequenceStanding
from bot.usecases.control.propose import terminate
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld
from tests.fleet.sequences import spec
from tests.usecases.confirming import replace_control
from tests.usecases.steered import VOICE, acts_of, fleet, sequence
from tests.wording import declines


@pytest.fixture
async def world() -> FakeWorld:
    world = fleet()
    await sequence(world)
    return world


async def test_a_sequence_is_stopped_before_its_window_is_ended(world: FakeWorld) -> None:
    proposal = await terminate(Terminate(target="sunbit"), world.services)

    assert acts_of(proposal) == [("Instruct", "sunbit"), ("TerminateRun", "sunbit")]
    assert len(proposal.warnings) == 1


async def test_of_a_cluster_everything_open_is_ended(world: FakeWorld) -> None:
    proposal = await terminate(Terminate(target=VOICE), world.services)

    assert acts_of(proposal) == [
        ("TerminateRun", "hilton"),
        ("Instruct", "sunbit"),
        ("TerminateRun", "sunbit"),
        ("TerminateRun", "vivint"),
    ]


class Lagging(FakeControl):
    """Its listing does not show a sequence that has just begun."""

    async def sequences(self) -> list[SequenceStanding]:
        return []


async def test_a_sequence_that_is_not_listed_yet_is_stopped_with_its_cluster(world: FakeWorld) -> None:
    replace_control(world, Lagging)
    await world.controls[VOICE].begin(spec("sunbit", VOICE))
    proposal = await terminate(Terminate(target=VOICE), world.services)

    assert ("Instruct", "sunbit") in acts_of(proposal)


async def test_there_has_to_be_something_open(world: FakeWorld) -> None:
    with declines("verizon has nothing open"):
        await terminate(Terminate(target="verizon"), world.services)
