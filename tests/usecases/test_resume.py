"""resume: paused sequences of a customer and of a cluster, and paused activities of a customer."""

import pytest

from bot.commands import Resume
from bot.fleet.notifications.confirmed import ActivitiesResumedLine
from bot.model import ActivityState, Instruction, Order, Pause
from bot.usecases.control.propose import resume
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity
from tests.usecases.confirming import WHY, done, notifications, problems
from tests.usecases.steered import OLIVIA, VOICE, acts_of, fleet, runs, sequence
from tests.wording import declines


@pytest.fixture
async def world() -> FakeWorld:
    """sunbit's sequence is paused, that of brinks is running."""
    world = fleet()
    await sequence(world)
    await sequence(world, "brinks")
    await world.controls[VOICE].instruct("sunbit", Instruction(Order.PAUSE, OLIVIA.user_id, "deploy"))
    return world


@pytest.mark.parametrize("target", ["sunbit", VOICE])
async def test_what_is_paused_would_go_on(world: FakeWorld, target: str) -> None:
    assert acts_of(await resume(Resume(target=target), world.services)) == [("Instruct", "sunbit")]


async def test_what_runs_is_not_resumed(world: FakeWorld) -> None:
    with declines("is not paused"):
        await resume(Resume(target="brinks"), world.services)


async def test_the_paused_activities_of_a_run_go_on_with_who_and_why(world: FakeWorld) -> None:
    ref = runs(world, "hilton", CAMPAIGN, activity(state=ActivityState.PAUSED, pause=Pause("bob@laptop")))

    result = await done(world, resume, Resume(target="hilton"))
    [goes_on] = world.engines[VOICE].descriptions[ref].activities
    (record,) = world.journal.audited

    assert problems(result) == [""]
    assert goes_on.pause is None
    assert (record.command, record.before, record.after) == ("resume", "copy_days: paused", "copy_days: resumed")
    assert notifications(world) == [ActivitiesResumedLine(VOICE, "hilton", 1, OLIVIA.user_id, WHY)]


async def test_what_goes_on_already_is_not_resumed_again(world: FakeWorld) -> None:
    runs(world, "hilton", CAMPAIGN, activity(state=ActivityState.PAUSED, pause=Pause()))
    await done(world, resume, Resume(target="hilton"))

    with declines("nothing to resume"):
        await resume(Resume(target="hilton"), world.services)
