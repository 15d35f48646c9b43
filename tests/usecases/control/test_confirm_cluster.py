"""Confirming a change of a whole cluster, where something may end at any moment."""

import pytest

from bot.commands import Cancel, ControlRequest, Pause, Terminate
from bot.fleet.proposals.proposal import MOST_PARTS, Changed, ExecutedProposal
from bot.model import ExecutionStatus, Ref
from bot.usecases.control.confirm import Propose, confirm_proposal
from bot.usecases.control.propose import cancel, pause, terminate
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, window
from tests.usecases.confirming import WHY, shown
from tests.usecases.steered import OLIVIA, VOICE, acts_of, ends, fleet, runs, sequence

CANCEL, TERMINATE = Cancel(target=VOICE), Terminate(target=VOICE)
HILTON = Ref(VOICE, "backfill-hilton-2026-01-01-2026-02-21", "run-1")
EITHER = pytest.mark.parametrize(("propose", "command"), [(cancel, CANCEL), (terminate, TERMINATE)])


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def submitted(
    world: FakeWorld, propose: Propose, command: ControlRequest, saw: str
) -> ExecutedProposal | Changed:
    return await confirm_proposal(propose, command, saw, WHY, OLIVIA, world.services)


@EITHER
async def test_what_is_over_by_the_click_changes_nothing_for_the_others(
    world: FakeWorld, propose: Propose, command: ControlRequest
) -> None:
    before = await shown(world, propose, command)
    ends(world, HILTON, ExecutionStatus.COMPLETED)
    result = await submitted(world, propose, command, before.shown)

    assert isinstance(result, ExecutedProposal)
    assert result.proposal.customers == ("vivint",)
    assert {record.plan_digest for record in world.journal.audited} == {before.digest}


async def test_of_several_runs_of_a_customer_the_others_are_cancelled(world: FakeWorld) -> None:
    second = runs(world, "vivint", window(1, 6), activity())
    before = await shown(world, cancel, CANCEL)
    ends(world, second, ExecutionStatus.COMPLETED)
    result = await submitted(world, cancel, CANCEL, before.shown)

    assert isinstance(result, ExecutedProposal)
    assert acts_of(result.proposal) == [("BeginSequence", "hilton"), ("BeginSequence", "vivint")]


@EITHER
async def test_what_has_come_since_is_shown_before_it_is_done(
    world: FakeWorld, propose: Propose, command: ControlRequest
) -> None:
    before = await shown(world, propose, command)
    ends(world, HILTON, ExecutionStatus.COMPLETED)
    runs(world, "sunbit", CAMPAIGN, activity())
    result = await submitted(world, propose, command, before.shown)

    assert isinstance(result, Changed)
    assert result.confirmed == before.digest
    assert (world.controls[VOICE].terminated, world.controls[VOICE].states) == ([], {})


async def test_the_next_window_of_a_sequence_that_is_stopped_is_stopped_with_it(world: FakeWorld) -> None:
    await sequence(world)
    before = await shown(world, terminate, TERMINATE)
    first = next(ref for ref in world.engines[VOICE].descriptions if "sunbit" in ref.workflow_id)
    ends(world, first, ExecutionStatus.COMPLETED)
    ends(world, HILTON, ExecutionStatus.COMPLETED)

    assert isinstance(await submitted(world, terminate, TERMINATE, before.shown), ExecutedProposal)


async def test_what_was_shown_to_do_one_thing_does_no_other(world: FakeWorld) -> None:
    saw = (await shown(world, cancel, CANCEL)).shown

    assert not (await shown(world, terminate, TERMINATE)).is_within(saw)


async def test_of_one_customer_any_change_counts(world: FakeWorld) -> None:
    command = Terminate(target="vivint")
    second = runs(world, "vivint", window(1, 6), activity())
    before = await shown(world, terminate, command)
    ends(world, second, ExecutionStatus.COMPLETED)

    assert before.shown == before.digest
    assert isinstance(await submitted(world, terminate, command, before.shown), Changed)


async def test_of_more_than_a_dialog_remembers_any_change_counts(world: FakeWorld) -> None:
    for number in range(MOST_PARTS):
        runs(world, f"c{number}", CAMPAIGN, activity())
    before = await shown(world, terminate, TERMINATE)

    assert before.shown == before.digest
    assert before.is_within(before.shown)


async def test_a_digest_alone_stands_for_the_same_and_nothing_less(world: FakeWorld) -> None:
    await sequence(world)
    await sequence(world, "hilton")
    command = Pause(target=VOICE)
    before = await shown(world, pause, command)
    world.controls[VOICE].close("hilton")

    assert isinstance(await submitted(world, pause, command, before.digest), Changed)
    assert isinstance(await submitted(world, pause, command, before.shown), ExecutedProposal)
