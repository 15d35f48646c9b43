"""pause: for a customer, and for a cluster."""

import pytest

from bot.commands import Pause
from bot.errors import Unavailable
from bot.fleet.proposals.warnings import DoesNotApply
from bot.usecases.control.propose import pause
from tests.fakes.services import FakeWorld
from tests.usecases.steered import VOICE, acts_of, fleet, sequence
from tests.wording import declines


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_the_sequence_of_a_customer_would_be_paused(world: FakeWorld) -> None:
    await sequence(world)

    assert acts_of(await pause(Pause(target="sunbit"), world.services)) == [("Instruct", "sunbit")]


async def test_all_sequences_of_a_cluster_would_be_paused_and_whose_workflows_go_on_is_said(world: FakeWorld) -> None:
    await sequence(world)
    await sequence(world, "brinks")
    proposal = await pause(Pause(target=VOICE), world.services)

    assert acts_of(proposal) == [("Instruct", "brinks"), ("Instruct", "sunbit")]
    assert proposal.warnings == (DoesNotApply(("hilton", "vivint")),)


async def test_there_has_to_be_something_to_pause(world: FakeWorld) -> None:
    for target in ("hilton", VOICE):
        with declines(r"nothing .*to pause"):
            await pause(Pause(target=target), world.services)


@pytest.mark.parametrize("target", ["sunbit", VOICE])
async def test_a_cluster_that_does_not_answer_is_an_error(world: FakeWorld, target: str) -> None:
    world.controls[VOICE].away = Unavailable("Temporal of voice-prod", "connection refused")

    with pytest.raises(Unavailable, match="connection refused"):
        await pause(Pause(target=target), world.services)
