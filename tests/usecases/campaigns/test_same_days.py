"""Two campaigns that fill other tables of the same customers on the same days: what is found out about the runs of
one says nothing about those of the other."""

from datetime import timedelta

import pytest

from bot.commands import Status, Verify
from bot.fleet.notifications.announcements import ClusterComplete
from bot.fleet.notifications.notification import parse
from bot.fleet.runs.mapping import CAMPAIGN_FIELD
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.fleet.verification.verdict import Outcome
from bot.model import AlertReason, CloseEvent, Description, Ending, ExecutionStatus, JournalEntry, State
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.status import status
from bot.usecases.verify import verify
from bot.usecases.watch.completed_counts import count_completed
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, description, execution
from tests.usecases.campaigns.two import JAN, two_campaigns
from tests.usecases.steered import VOICE
from tests.usecases.test_verify import tables
from tests.usecases.watch.passes import new_state
from tests.usecases.watch.test_closed_runs import watch_again

AGAIN, HILTON = "again", "hilton"
MINUTE = timedelta(minutes=1)
DAYS = {"start": "2026-01-01", "end": "2026-02-21"}


@pytest.fixture
def world() -> FakeWorld:
    """One campaign fills scores, the other labels; both tables have the rows of their sources."""
    first, again = {**DAYS, "tables": ["scores"]}, {"name": AGAIN, **DAYS, "tables": ["labels"]}
    made = two_campaigns(again, campaign=first, verify=tables("scores", "labels"))
    for table in ("scores", "labels"):
        made.warehouses[VOICE].fill(table, HILTON, CAMPAIGN, 100)
    return made


def ends(
    world: FakeWorld,
    campaign: str,
    status: ExecutionStatus = ExecutionStatus.COMPLETED,
    *,
    customer: str = HILTON,
    cancelled: bool = False,
) -> None:
    """The campaign's run of all days of the customer has just ended."""
    times = {"started_at": world.now - MINUTE, "closed_at": world.now}
    hints = {CAMPAIGN_FIELD: campaign}
    run = execution(customer, CAMPAIGN, VOICE, run=campaign, status=status, hints=hints, **times)
    world.engines[VOICE].put(description(of=run, cancel_requested=cancelled))
    world.engines[VOICE].close_events[run.ref] = CloseEvent()


def begins(world: FakeWorld, campaign: str) -> None:
    run = execution(HILTON, CAMPAIGN, VOICE, run=campaign, started_at=world.now, hints={CAMPAIGN_FIELD: campaign})
    world.engines[VOICE].put(Description(run, (activity(),), cancel_requested=False, workflow_task_attempt=1))


async def standing(world: FakeWorld, campaign: str) -> Backfill:
    command, services = await in_its_campaign(Status(target=HILTON, campaign=campaign), world.services)
    answer = await status(command, services)
    assert isinstance(answer, CustomerStatus)
    assert isinstance(answer.standing, Backfill)
    return answer.standing


async def verified(world: FakeWorld, campaign: str) -> Outcome:
    command, services = await in_its_campaign(Verify(target=HILTON, campaign=campaign), world.services)
    (customer,) = (await verify(command, services)).clusters[0].customers
    return customer.outcome


async def test_a_count_proves_the_runs_of_its_own_campaign_alone(world: FakeWorld) -> None:
    for campaign in (JAN, AGAIN):
        ends(world, campaign, cancelled=True)
    before = [(await standing(world, name)).state for name in (JAN, AGAIN)]
    world.now += 5 * MINUTE
    outcome = await verified(world, JAN)

    assert before == [State.IN_DOUBT, State.IN_DOUBT]
    assert outcome is Outcome.MATCHES
    assert (await standing(world, JAN)).state is State.COMPLETE
    assert (await standing(world, AGAIN)).state is State.IN_DOUBT


async def test_a_count_that_differs_puts_the_runs_of_its_own_campaign_alone_in_doubt(world: FakeWorld) -> None:
    for campaign in (JAN, AGAIN):
        ends(world, campaign)
        await standing(world, campaign)
    world.warehouses[VOICE].stored["labels", HILTON] = {}
    world.now += 5 * MINUTE
    await verified(world, AGAIN)

    assert (await standing(world, JAN)).state is State.COMPLETE
    assert (await standing(world, AGAIN)).state is State.IN_DOUBT


async def test_the_runs_of_each_campaign_are_counted_in_its_own_tables(world: FakeWorld) -> None:
    begins(world, JAN)
    begins(world, AGAIN)
    state = await watch_again(world, new_state(VOICE))
    ends(world, JAN)
    ends(world, AGAIN)
    await watch_again(world, state)
    for _ in range(3):
        world.now += MINUTE
        await count_completed(state, world.services)

    assert sorted(world.warehouses[VOICE].counted) == [("labels", HILTON, CAMPAIGN), ("scores", HILTON, CAMPAIGN)]


async def test_a_run_of_another_campaign_is_no_reason_to_wait_for_rows(world: FakeWorld) -> None:
    ends(world, JAN)
    begins(world, AGAIN)
    world.warehouses[VOICE].stored["scores", HILTON] = {}

    assert await verified(world, JAN) is Outcome.DIFFERS


async def test_a_doubt_stays_when_another_campaign_completes_the_days(world: FakeWorld) -> None:
    others = world.config.clusters[VOICE].model_copy(update={"customers": (HILTON,)})
    world.config = world.config.model_copy(update={"clusters": {**world.config.clusters, VOICE: others}})
    begins(world, JAN)
    state = await watch_again(world, new_state(VOICE))
    ends(world, JAN, cancelled=True)
    await watch_again(world, state)
    ends(world, AGAIN)
    for _ in range(3):
        await watch_again(world, state, after=20 * MINUTE)
    bodies = [parse(row.message.body) for row in world.outbox.messages.values()]

    assert (await standing(world, JAN)).state is State.IN_DOUBT
    assert [each.campaign for each in bodies if isinstance(each, ClusterComplete)] == [AGAIN]
    (episode,) = await world.journal.open_episodes()
    assert episode.customer == HILTON


async def test_an_alert_stays_when_another_campaign_completes_the_days(world: FakeWorld) -> None:
    begins(world, JAN)
    state = await watch_again(world, new_state(VOICE))
    ends(world, JAN, ExecutionStatus.FAILED)
    await watch_again(world, state)
    ends(world, AGAIN)
    await watch_again(world, state)

    (episode,) = world.journal.episodes.values()
    assert (episode.is_open, episode.alert_reason) == (True, AlertReason.FAILED)


async def test_a_failure_in_another_campaign_puts_no_days_in_doubt(world: FakeWorld) -> None:
    begins(world, JAN)
    state = await watch_again(world, new_state(VOICE))
    ends(world, JAN)
    await watch_again(world, state)
    begins(world, AGAIN)
    await watch_again(world, state)
    ends(world, AGAIN, ExecutionStatus.FAILED)
    await watch_again(world, state)

    (episode,) = await world.journal.open_episodes()
    assert episode.ref.run_id == f"run-{AGAIN}"
    assert (await standing(world, JAN)).state is State.COMPLETE


async def test_a_card_is_not_overtaken_by_a_run_of_another_campaign(world: FakeWorld) -> None:
    ends(world, JAN, ExecutionStatus.FAILED)
    await standing(world, JAN)
    of_run = execution(HILTON, CAMPAIGN, VOICE, run=JAN)
    over = episode(ref=of_run.ref, revision=0, ending=Ending.FAILED, ended_at=world.now, opened_at=world.now - MINUTE)
    await world.journal.record(JournalEntry(episodes=(over,)), world.now)
    world.now += MINUTE
    ends(world, AGAIN)
    await watch_again(world, new_state(VOICE))

    assert world.journal.episodes[over.id].overtaken is None
