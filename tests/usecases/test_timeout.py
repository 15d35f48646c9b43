"""timeout: longer heartbeat timeouts for what runs of one customer, on record and said in the channel."""

from datetime import timedelta

import pytest

from bot.commands import Timeout
from bot.fleet.notifications.confirmed import TimeoutLine
from bot.fleet.notifications.notification import parse
from bot.model import AuditOutcome
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.timeout import timeout
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, TIMED_OUT, activity
from tests.usecases.confirming import WHY, done, problems
from tests.usecases.steered import OLIVIA, VOICE, acts_of, ends, fleet, runs
from tests.wording import declines

HILTON = Timeout(target="hilton", span=HOUR)


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


def timeouts(world: FakeWorld, customer: str) -> list[timedelta | None]:
    described = world.engines[VOICE].descriptions.values()
    own = (run for run in described if customer in run.execution.ref.workflow_id)
    return [activity.heartbeat_timeout for run in own for activity in run.activities]


async def test_the_attempt_that_runs_gets_the_longer_timeout_with_who_and_why(world: FakeWorld) -> None:
    result = await done(world, timeout, HILTON)
    (record,) = world.journal.audited
    (message,) = world.outbox.messages.values()

    assert problems(result) == [""]
    assert timeouts(world, "hilton") == [HOUR]
    assert timeouts(world, "vivint") == [MINUTE]
    assert (record.user_id, record.command, record.reason) == (OLIVIA.user_id, "timeout", WHY)
    assert (record.before, record.after) == ("copy_days: heartbeat timeout 1 m", "copy_days: heartbeat timeout 1 h")
    assert parse(message.message.body) == TimeoutLine(VOICE, "hilton", 1, HOUR, OLIVIA.user_id, WHY)


async def test_a_run_that_is_being_cancelled_is_left_alone(world: FakeWorld) -> None:
    ref = runs(world, "sunbit", CAMPAIGN, activity(attempt=2, last_failure=TIMED_OUT))
    await world.controls[VOICE].cancel(ref, "enough")

    with declines("sunbit has nothing open"):
        await timeout(Timeout(target="sunbit"), world.services)


async def test_a_run_that_has_ended_in_between_gets_nothing_and_that_is_on_record(world: FakeWorld) -> None:
    ref = runs(world, "sunbit", CAMPAIGN, activity(attempt=2, last_failure=TIMED_OUT))
    proposal = await timeout(Timeout(target="sunbit"), world.services)
    ends(world, ref)

    assert acts_of(proposal) == [("ExtendTimeout", "sunbit")]
    with declines("sunbit has nothing open"):
        await confirm_proposal(timeout, proposal.command, proposal.shown, WHY, OLIVIA, world.services)
    assert world.journal.audited[-1].outcome is AuditOutcome.FAILED


async def test_it_is_for_one_customer_and_not_offered_where_the_server_cannot_do_it(world: FakeWorld) -> None:
    with declines("timeout is for one customer"):
        await timeout(Timeout(target=VOICE), world.services)

    world.controls[VOICE].has_activity_options = False
    with declines("cannot change the heartbeat timeout"):
        await timeout(HILTON, world.services)
