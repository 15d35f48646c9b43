"""cancel: sequences stop, other workflows are followed to their end, days are skipped."""

from dataclasses import replace

import pytest

from bot.commands import Cancel
from bot.fleet.proposals.proposal import BeginSequence, Instruct
from bot.fleet.refusals.declined import Declined, NothingOnCluster, Refusal
from bot.fleet.refusals.requests import OutsideCampaign
from bot.fleet.refusals.runs import NothingOpen
from bot.fleet.refusals.sequences import NoDaysToCome
from bot.model import Instruction, Order
from bot.usecases.control.propose import cancel
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, execution, window
from tests.usecases.steered import VOICE, acts_of, ends, fleet, sequence


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_a_workflow_without_a_sequence_gets_one_that_only_cancels(world: FakeWorld) -> None:
    (act,) = (await cancel(Cancel(target="hilton"), world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (len(act.spec.clear), act.spec.days, act.spec.adopt) == (1, (), ())


async def test_of_a_cluster_sequences_stop_and_other_workflows_are_cancelled(world: FakeWorld) -> None:
    await sequence(world)
    proposal = await cancel(Cancel(target=VOICE), world.services)

    assert acts_of(proposal) == [("BeginSequence", "hilton"), ("Instruct", "sunbit"), ("BeginSequence", "vivint")]


async def test_days_are_left_out_of_an_open_sequence(world: FakeWorld) -> None:
    await sequence(world)
    (act,) = (await cancel(Cancel(target="sunbit", range=window(11, 16)), world.services)).acts

    assert isinstance(act, Instruct)
    assert act.instruction == Instruction(Order.SKIP, "", "", window=window(11, 16))


async def test_days_that_have_run_are_refused_before_anybody_is_asked_to_confirm(world: FakeWorld) -> None:
    await sequence(world)
    control = world.controls[VOICE]
    control.running["sunbit"] = ()
    control.states["sunbit"] = replace(control.states["sunbit"], closed=1, complete_days=5)
    ends(world, execution("sunbit", window(1, 6), VOICE).ref)
    with pytest.raises(Declined) as refused:
        await cancel(Cancel(target="sunbit", range=window(1, 3)), world.services)

    assert isinstance(refused.value.reason, NoDaysToCome)
    assert (refused.value.reason.days, refused.value.reason.left) == (window(1, 3), (window(6, 52),))
    assert (await cancel(Cancel(target="sunbit", range=window(4, 8)), world.services)).acts


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Cancel(target="verizon"), NothingOpen(Cancel(target="verizon"), "verizon")),
        (Cancel(target="chat-prod"), NothingOnCluster(Cancel(target="chat-prod"), "chat-prod", None, 0, 0)),
        (Cancel(target="hilton", range=window(60, 70)), OutsideCampaign(window(60, 70), CAMPAIGN)),
    ],
)
async def test_there_has_to_be_something_to_cancel(world: FakeWorld, command: Cancel, reason: Refusal) -> None:
    with pytest.raises(Declined) as refused:
        await cancel(command, world.services)

    assert refused.value.reason == reason
