"""retry over fakes: missing windows in a new sequence, windows of an open one, and a whole cluster."""

from dataclasses import dataclass, replace

import pytest

from bot.commands import Retry, Which
from bot.errors import Unavailable, UsageError
from bot.fleet.proposal import BeginSequence, Instruct
from bot.model import ExecutionStatus, SequenceStanding, WindowEnd
from bot.usecases.retry import retry
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, window
from tests.fleet.sequences import ended
from tests.usecases.confirming import put
from tests.usecases.steered import OLIVIA, VOICE, completed, ends, fleet, runs, sequence, told


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_what_failed_of_a_customer_would_run_again(world: FakeWorld) -> None:
    ends(world, runs(world, "sunbit", window(6, 11), activity()), ExecutionStatus.FAILED)
    (act,) = (await retry(Retry(target="sunbit", which=Which.FAILED), OLIVIA, world.services)).acts

    assert isinstance(act, BeginSequence)
    assert (act.spec.asked, act.spec.days) == ("retry", (window(6, 11),))


async def test_a_complete_window_runs_again_where_its_days_and_all_are_said(world: FakeWorld) -> None:
    completed(world, "sunbit", CAMPAIGN)
    command = Retry(target="sunbit", range=window(6, 11), which=Which.ALL)
    (act,) = (await retry(command, OLIVIA, world.services)).acts

    assert isinstance(act, BeginSequence)
    assert act.spec.days == (window(6, 11),)


async def test_windows_of_an_open_sequence_are_told_to_it(world: FakeWorld) -> None:
    await sequence(world)
    states = world.controls[VOICE].states
    states["sunbit"] = replace(states["sunbit"], troubled=(ended(window(6, 11), WindowEnd.FAILED),))
    (act,) = (await retry(Retry(target="sunbit"), OLIVIA, world.services)).acts

    assert isinstance(act, Instruct)
    assert act.instruction.window == window(6, 11)


async def test_of_a_cluster_those_who_have_run_and_miss_days_run_again(world: FakeWorld) -> None:
    ends(world, runs(world, "sunbit", window(6, 11), activity()), ExecutionStatus.CANCELLED)
    completed(world, "brinks", CAMPAIGN)
    world.warehouses[VOICE].asked_volumes.clear()
    proposal = await retry(Retry(target=VOICE), OLIVIA, world.services)

    assert told(proposal) == [("BeginSequence", "sunbit")]
    assert proposal.warnings == ("It does not apply to hilton, vivint, and what runs there is left to run.",)
    assert len(world.warehouses[VOICE].asked_volumes) == 1


async def test_a_sequence_that_does_not_say_how_it_stands_holds_nobody_else_of_its_cluster_up(
    world: FakeWorld,
) -> None:
    @dataclass
    class Silent(FakeControl):
        async def sequence(self, customer: str) -> SequenceStanding | None:
            known = await super().sequence(customer)
            return replace(known, progress=None) if known else None

    put(world, Silent)
    await sequence(world)
    ends(world, runs(world, "brinks", window(6, 11), activity()), ExecutionStatus.FAILED)
    world.warehouses[VOICE].volume["brinks"] = world.warehouses[VOICE].volume["sunbit"]
    proposal = await retry(Retry(target=VOICE, which=Which.FAILED), OLIVIA, world.services)

    assert told(proposal) == [("BeginSequence", "brinks")]
    with pytest.raises(Unavailable, match="no answer"):
        await retry(Retry(target="sunbit"), OLIVIA, world.services)


async def test_what_has_never_run_is_not_run_again_with_its_cluster(world: FakeWorld) -> None:
    with pytest.raises(UsageError, match="There is nothing on chat-prod to retry"):
        await retry(Retry(target="chat-prod"), OLIVIA, world.services)
