"""cancel over fakes: sequences stop, other workflows are seen to their end, days are left out."""

import pytest

from bot.commands import Cancel
from bot.errors import UsageError
from bot.fleet.proposal import BeginSequence, Instruct
from bot.model import Instruction, Order
from bot.usecases.cancel import cancel
from tests.fakes.services import FakeWorld
from tests.fleet.builders import window
from tests.usecases.steered import OLIVIA, VOICE, fleet, sequence, told


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_a_workflow_without_a_sequence_gets_one_that_only_cancels(world: FakeWorld) -> None:
    (act,) = (await cancel(Cancel(target="hilton"), OLIVIA, world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (len(act.spec.clear), act.spec.days, act.spec.adopt) == (1, (), ())


async def test_of_a_cluster_sequences_stop_and_other_workflows_are_cancelled(world: FakeWorld) -> None:
    await sequence(world)
    proposal = await cancel(Cancel(target=VOICE), OLIVIA, world.services)

    assert told(proposal) == [("BeginSequence", "hilton"), ("Instruct", "sunbit"), ("BeginSequence", "vivint")]


async def test_days_are_left_out_of_an_open_sequence(world: FakeWorld) -> None:
    await sequence(world)
    (act,) = (await cancel(Cancel(target="sunbit", range=window(11, 16)), OLIVIA, world.services)).acts

    assert isinstance(act, Instruct)
    assert act.instruction == Instruction(Order.SKIP, "", "", window=window(11, 16))


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (Cancel(target="verizon"), "Nothing of verizon is open."),
        (Cancel(target="chat-prod"), "There is nothing on chat-prod to cancel."),
        (Cancel(target="hilton", range=window(60, 70)), "is not within the campaign"),
    ],
)
async def test_there_has_to_be_something_to_cancel(world: FakeWorld, command: Cancel, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        await cancel(command, OLIVIA, world.services)

    assert problem in refused.value.problem
