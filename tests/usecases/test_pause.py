"""pause: the sequence of a customer and the activities of its other runs, and the sequences of a cluster."""

from dataclasses import dataclass

import pytest

from bot.commands import Pause
from bot.errors import NotFound, Unavailable
from bot.fleet.notifications.confirmed import ActivitiesPausedLine
from bot.fleet.notifications.notification import parse
from bot.fleet.proposals.pause_resume import propose_pause
from bot.fleet.proposals.warnings import DoesNotApply
from bot.model import Pause as TemporalPause
from bot.model import Ref
from bot.usecases.control.candidates import to_stop
from bot.usecases.control.propose import pause
from bot.usecases.control.propose_bulk import propose_bulk
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity
from tests.usecases.confirming import WHY, done, notifications, problems, replace_control
from tests.usecases.steered import OLIVIA, VOICE, acts_of, fleet, runs, sequence
from tests.wording import declines

HILTON = Pause(target="hilton")


def paused_in(world: FakeWorld) -> list[TemporalPause]:
    """The pauses of all activities on the cluster."""
    described = world.engines[VOICE].descriptions.values()
    return [activity.pause for run in described for activity in run.activities if activity.pause]


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
    for target in ("sunbit", VOICE):
        with declines(r"nothing .*to pause"):
            await pause(Pause(target=target), world.services)


async def test_the_activities_of_a_run_without_a_sequence_are_paused_with_who_and_why(world: FakeWorld) -> None:
    result = await done(world, pause, HILTON)
    (stopped,) = paused_in(world)
    (record,) = world.journal.audited
    (message,) = world.outbox.messages.values()

    assert problems(result) == [""]
    assert (stopped.by, stopped.reason) == ("backfill-bot", f"{WHY} (Olivia, through the bot)")
    assert (record.user_id, record.command, record.reason) == (OLIVIA.user_id, "pause", WHY)
    assert (record.before, record.after) == ("copy_days: attempt 3 runs", "copy_days: paused")
    assert parse(message.message.body) == ActivitiesPausedLine(VOICE, "hilton", 1, OLIVIA.user_id, WHY)


async def test_what_is_paused_is_not_paused_again(world: FakeWorld) -> None:
    await done(world, pause, HILTON)

    with declines("What runs of hilton is paused already. Type /backfill resume hilton"):
        await pause(HILTON, world.services)


async def test_one_activity_that_is_gone_leaves_the_others_paused(world: FakeWorld) -> None:
    @dataclass
    class LosesOne(FakeControl):
        async def pause_activity(self, ref: Ref, activity_id: str, reason: str) -> None:
            if activity_id == "2":
                raise NotFound(f"Temporal of {VOICE}", "activity 2 is not pending")
            await super().pause_activity(ref, activity_id, reason)

    runs(world, "hilton", CAMPAIGN, activity(), activity(activity_id="2"))
    replace_control(world, LosesOne)
    result = await done(world, pause, HILTON)

    assert problems(result) == ["", f"Temporal of {VOICE}: activity 2 is not pending."]
    assert len(paused_in(world)) == 1
    assert [line.count for line in notifications(world)] == [1]


async def test_where_the_server_cannot_pause_activities_that_is_said(world: FakeWorld) -> None:
    world.controls[VOICE].has_pauses = False

    with declines("The Temporal of voice-prod cannot pause an activity"):
        await pause(HILTON, world.services)


async def test_several_customers_are_paused_each_in_its_way(world: FakeWorld) -> None:
    await sequence(world)
    command = Pause(target="hilton sunbit", names=("hilton", "sunbit"))

    bulk = await propose_bulk(command, to_stop(Pause, propose_pause), world.services)

    assert [acts_of(each.proposal) for each in bulk.customers] == [
        [("PauseActivity", "hilton")],
        [("Instruct", "sunbit")],
    ]


@pytest.mark.parametrize("target", ["sunbit", VOICE])
async def test_a_cluster_that_does_not_answer_is_an_error(world: FakeWorld, target: str) -> None:
    world.controls[VOICE].away = Unavailable("Temporal of voice-prod", "connection refused")

    with pytest.raises(Unavailable, match="connection refused"):
        await pause(Pause(target=target), world.services)
