"""What the channel reads about a campaign that is being queued, whatever becomes of the bot meanwhile."""

from datetime import timedelta

import pytest

from bot.commands import Group, Run
from bot.errors import DependencyError, NotFound, Refused, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import BulkCard
from bot.fleet.notifications.notification import parse
from bot.fleet.proposals.bulk import BulkOutcome, BulkProposal, ChosenCustomer
from bot.fleet.proposals.problems import OutcomeUnknown, Problem, SystemFailed, SystemRefused
from bot.fleet.refusals.declined import Declined, NothingForAny
from bot.fleet.refusals.runs import WaitsAlready
from bot.model import Window
from bot.model.queue import Enqueue
from bot.usecases.control.confirm_bulk import ConfirmedBulk, confirm_bulk
from handlers.routes import question_about
from tests.fakes.queue import FakeQueue
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN
from tests.usecases.confirming import WHY
from tests.usecases.steered import OLIVIA, VOICE, fleet


class Killed(BaseException):
    """The end of the process."""


class KilledAtQueueing(FakeQueue):
    """The bot is killed before the queue has the customers."""

    async def enqueue(self, message: Enqueue) -> None:
        raise Killed(message)


@pytest.fixture
def queueing() -> FakeWorld:
    return fleet()


async def run_all(world: FakeWorld, days: Window | None = None) -> BulkOutcome:
    command = Run(target=VOICE, group=Group.INCOMPLETE, cluster=VOICE, range=days)
    question = question_about(command)
    shown = await question.propose(command, world.services)
    assert isinstance(shown, BulkProposal)
    assert question.bulk

    async def authorize() -> None:
        """Everybody may."""

    chosen = tuple(ChosenCustomer(each) for each in shown.kept.customers)
    confirmed = ConfirmedBulk(shown.kept.command, chosen, WHY)
    return await confirm_bulk(question.bulk, confirmed, OLIVIA, authorize, world.services)


def card(world: FakeWorld) -> BulkCard:
    (row,) = world.outbox.messages.values()
    body = parse(row.message.body)
    assert isinstance(body, BulkCard)
    return body


async def test_who_is_queued_is_called_so(queueing: FakeWorld) -> None:
    await run_all(queueing)

    assert not card(queueing).is_underway
    assert card(queueing).customers == ("voice-prod/sunbit",)


async def test_after_a_kill_in_the_middle_nobody_is_called_queued(queueing: FakeWorld) -> None:
    queueing.queues[VOICE] = KilledAtQueueing()
    with pytest.raises(Killed):
        await run_all(queueing)

    assert card(queueing).is_underway


@pytest.mark.parametrize(
    ("away", "problem"),
    [
        (Refused("temporal", "request is too large"), SystemRefused("request is too large")),
        (Unavailable("temporal", "timed out"), OutcomeUnknown("temporal: timed out", Target(VOICE, "sunbit"))),
        (NotFound("temporal", "no such namespace"), SystemFailed("temporal: no such namespace")),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_the_queue_answers_is_the_problem_of_each_customer(
    queueing: FakeWorld, away: DependencyError, problem: Problem
) -> None:
    queueing.queues[VOICE] = FakeQueue(away=away)
    (executed,) = (await run_all(queueing)).executed

    assert {done.problem for done in executed.done} == {problem}


async def test_who_waits_already_is_not_queued_again_and_nothing_is_posted_or_audited_a_second_time(
    queueing: FakeWorld,
) -> None:
    await run_all(queueing)
    messages, audited = dict(queueing.outbox.messages), list(queueing.journal.audited)

    with pytest.raises(Declined) as refused:
        await run_all(queueing)

    assert isinstance(refused.value.reason, NothingForAny)
    assert WaitsAlready("Olivia") in refused.value.reason.reasons
    assert (queueing.outbox.messages, queueing.journal.audited) == (messages, audited)


async def test_who_waits_for_fewer_days_is_queued_for_all_of_them(queueing: FakeWorld) -> None:
    await run_all(queueing, Window(CAMPAIGN.start, CAMPAIGN.start + timedelta(days=5)))
    outcome = await run_all(queueing)

    assert [each.proposal.target.customer for each in outcome.executed] == ["sunbit"]
