"""reset: attempts that wait begin at once, on record and said in the channel."""

from dataclasses import replace

import pytest

from bot.commands import Reset
from bot.errors import Unavailable
from bot.fleet.notifications.confirmed import ResetLine
from bot.fleet.notifications.notification import parse
from bot.fleet.proposals.proposal import Changed
from bot.model import ActivityState, Ref
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.reset import reset
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, NOW, activity
from tests.usecases.confirming import WHY, done, problems
from tests.usecases.steered import OLIVIA, VOICE, fleet, runs
from tests.wording import declines

SUNBIT = Reset(target="sunbit")
WAITING = activity(state=ActivityState.SCHEDULED, attempt=6, last_failure=BOOM, next_attempt_at=NOW + HOUR)
RUNNING = activity(activity_id="2", attempt=3, last_failure=BOOM)


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_the_attempt_begins_at_once_with_who_and_why(world: FakeWorld) -> None:
    ref = runs(world, "sunbit", CAMPAIGN, WAITING, RUNNING)

    result = await done(world, reset, SUNBIT)
    (record,) = world.journal.audited
    (message,) = world.outbox.messages.values()

    assert problems(result) == [""]
    assert [each.attempt for each in world.engines[VOICE].descriptions[ref].activities] == [1, 3]
    assert (record.user_id, record.command, record.reason) == (OLIVIA.user_id, "reset", WHY)
    assert (record.before, record.after) == ("copy_days: attempt 6 waits", "copy_days: reset to attempt 1")
    assert parse(message.message.body) == ResetLine(VOICE, "sunbit", 1, OLIVIA.user_id, WHY)


async def test_an_attempt_that_has_begun_while_the_dialog_was_open_is_not_ended(world: FakeWorld) -> None:
    ref = runs(world, "sunbit", CAMPAIGN, WAITING, replace(WAITING, activity_id="2"))
    proposal = await reset(SUNBIT, world.services)
    runs(world, "sunbit", CAMPAIGN, activity(attempt=6, last_failure=BOOM), replace(WAITING, activity_id="2"))

    outcome = await confirm_proposal(reset, SUNBIT, proposal.shown, WHY, OLIVIA, world.services)

    assert isinstance(outcome, Changed)
    assert [each.attempt for each in world.engines[VOICE].descriptions[ref].activities] == [6, 6]


class LosingControl(FakeControl):
    """Carries out resets, whose replies are lost."""

    async def reset_activity(self, ref: Ref, activity_id: str) -> None:
        await super().reset_activity(ref, activity_id)
        raise Unavailable("Temporal of voice-prod", "no answer within 5 s")


async def test_a_lost_reply_is_not_sent_again_because_that_would_end_the_attempt(world: FakeWorld) -> None:
    ref = runs(world, "sunbit", CAMPAIGN, WAITING)
    world.controls[VOICE] = LosingControl(VOICE, world.engines[VOICE], lambda: world.now)

    result = await done(world, reset, SUNBIT)

    assert "is not known" in problems(result)[0]
    assert [each.attempt for each in world.engines[VOICE].descriptions[ref].activities] == [1]


async def test_it_is_for_one_customer_and_not_offered_where_the_server_cannot_do_it(world: FakeWorld) -> None:
    with declines("reset is for one customer"):
        await reset(Reset(target=VOICE), world.services)

    runs(world, "sunbit", CAMPAIGN, RUNNING)
    with declines("Nothing of sunbit waits for its next attempt"):
        await reset(SUNBIT, world.services)

    world.controls[VOICE].has_resets = False
    with declines("cannot reset an activity"):
        await reset(SUNBIT, world.services)
