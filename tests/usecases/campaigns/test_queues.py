"""A cluster's queue with customers of two campaigns, and commands for several customers in campaigns."""

from dataclasses import replace

import pytest

from bot.commands import Cancel, Group, Pause, Run, Split, Status
from bot.commands.campaign import Campaign, CampaignAction
from bot.errors import Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.bulk import BulkProposal, ChosenCustomer
from bot.fleet.proposals.proposal import ChangeQueue, Instruct
from bot.fleet.proposals.warnings import InCampaigns
from bot.fleet.queue import slots
from bot.fleet.queue import state as queue_state
from bot.fleet.refusals.campaigns import CampaignInUse
from bot.fleet.refusals.declined import Declined
from bot.model import CampaignDefinition, CampaignRecord, SequenceSpec, SequenceStanding
from bot.model.queue import Batch, Demand, NotBegun, QueueChange
from bot.model.queue_requests import BeginQueuedRequest
from bot.usecases.board import row_of_customer
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.control.confirm_bulk import ConfirmedBulk, confirm_bulk
from bot.usecases.queue.begin_queued import begin_queued
from handlers.routes import question_about
from tests.fakes.control import FakeControl
from tests.fakes.queue import FakeQueue
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN
from tests.fleet.queue.builders import SURVEY
from tests.usecases.campaigns.two import ALL_DAYS, JAN, MARCH, MARCH_DAYS, WHY, confirmed, proposed, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE, completed


@pytest.fixture
def world() -> FakeWorld:
    return two_campaigns()


async def bulk(world: FakeWorld, command: Run | Cancel | Split) -> BulkProposal:
    """The proposal for several customers, confirmed as shown."""
    question = question_about(command)
    shown = await question.propose(command, world.services)
    assert isinstance(shown, BulkProposal)
    assert question.bulk
    kept = shown.kept
    chosen = tuple(ChosenCustomer(each) for each in kept.customers)

    async def authorize() -> None:
        """Everybody may."""

    outcome = await confirm_bulk(
        question.bulk, ConfirmedBulk(kept.command, chosen, WHY), OLIVIA, authorize, world.services
    )
    assert outcome.changed is None
    assert not [done.problem for each in outcome.executed for done in each.done if done.problem]
    return shown


def queue(world: FakeWorld) -> FakeQueue:
    found = world.queues[VOICE]
    assert isinstance(found, FakeQueue)
    return found


def queued(world: FakeWorld) -> list[tuple[str, str]]:
    """The customer and the campaign of each that waits."""
    state = queue(world).state
    assert state
    campaigns = {batch.id: batch.campaign for batch in state.batches}
    return sorted((each.customer, campaigns[each.batch]) for each in state.queued)


async def run_all(world: FakeWorld, campaign: str = "") -> BulkProposal:
    return await bulk(world, Run(target=VOICE, group=Group.INCOMPLETE, cluster=VOICE, campaign=campaign))


async def test_both_campaigns_queue_the_same_customers_and_each_begins_its_own(world: FakeWorld) -> None:
    completed(world, "hilton", CAMPAIGN)
    await run_all(world)
    shown = await run_all(world, MARCH)
    state = queue(world).state
    assert state
    (batch,) = (batch for batch in state.batches if batch.campaign == MARCH)
    result = await begin_queued(VOICE, BeginQueuedRequest(batch, "hilton", "s1"), world.services)
    spec: SequenceSpec = world.controls[VOICE].by_campaign[MARCH].states["hilton"].spec

    assert shown.warnings[0] == InCampaigns((MARCH,))
    assert queued(world) == [
        ("hilton", MARCH),
        ("sunbit", JAN),
        ("sunbit", MARCH),
        ("vivint", JAN),
        ("vivint", MARCH),
    ]
    assert result.not_begun is None
    assert (spec.campaign, spec.days) == (MARCH, (MARCH_DAYS,))


async def test_a_pause_in_one_campaign_holds_its_customers_alone(world: FakeWorld) -> None:
    await run_all(world)
    await run_all(world, MARCH)
    await confirmed(world, Pause(target=VOICE, campaign=MARCH))
    state = queue(world).state
    assert state
    campaigns = {batch.id: batch.campaign for batch in state.batches}

    assert state.paused_by == ""
    assert {campaigns[each.batch] for each in state.queued if each.is_held} == {MARCH}
    assert {campaigns[each.batch] for each in state.queued if not each.is_held} == {JAN}


async def test_a_cancel_in_one_campaign_takes_its_customers_out_and_without_a_name_all(world: FakeWorld) -> None:
    await run_all(world)
    await run_all(world, MARCH)
    await confirmed(world, Cancel(target="hilton", campaign=MARCH))
    first = queued(world)
    everybody = await proposed(world, Cancel(target=VOICE))
    await confirmed(world, Cancel(target=VOICE))

    assert ("hilton", MARCH) not in first
    assert ("hilton", JAN) in first
    assert [act.change for act in everybody.acts if isinstance(act, ChangeQueue)] == [QueueChange.CLEAR]
    assert queued(world) == []


async def test_the_place_in_the_queue_is_that_of_the_campaign(world: FakeWorld) -> None:
    await run_all(world, MARCH)
    _, jan = await in_its_campaign(Status(campaign=JAN), world.services)
    _, march = await in_its_campaign(Status(campaign=MARCH), world.services)

    rows = [await row_of_customer(Target(VOICE, "hilton"), CAMPAIGN, services) for services in (jan, march)]
    assert [row.customers[0].place is not None for row in rows] == [False, True]


async def test_several_customers_are_stopped_in_all_campaigns_in_one_dialog(world: FakeWorld) -> None:
    for campaign in (JAN, MARCH):
        await bulk(world, Run(target="hilton vivint", names=("hilton", "vivint"), campaign=campaign))
    shown = await bulk(world, Cancel(target="hilton vivint", names=("hilton", "vivint")))

    assert [len(proposal.acts) for proposal in shown.proposals] == [2, 2]
    assert all(proposal.warnings[0] == InCampaigns((JAN, MARCH)) for proposal in shown.proposals)


async def test_a_queued_customer_of_a_closed_campaign_is_not_begun(world: FakeWorld) -> None:
    await run_all(world, MARCH)
    state = queue(world).state
    assert state
    (batch,) = state.batches
    await confirmed(world, Cancel(target=VOICE, campaign=MARCH))
    await confirmed(world, Campaign(target=MARCH, action=CampaignAction.CLOSE))
    result = await begin_queued(VOICE, BeginQueuedRequest(batch, "hilton", "s1"), world.services)

    assert result.not_begun is NotBegun.REFUSED


async def test_a_queued_customer_of_a_campaign_whose_definition_is_gone_is_left_out_and_told_why(
    world: FakeWorld,
) -> None:
    await run_all(world, MARCH)
    state = queue(world).state
    assert state
    (batch,) = state.batches
    april = CampaignDefinition("april", MARCH_DAYS, workflow="gone")
    world.journal.recorded_campaigns["april"] = CampaignRecord("april", april, OLIVIA.user_id, world.now)
    request = BeginQueuedRequest(replace(batch, campaign="april"), "hilton", "s1")
    result = await begin_queued(VOICE, request, world.services)

    assert result.not_begun is NotBegun.REFUSED
    assert "not begun:s1" in world.outbox.messages


async def test_a_queued_customer_of_a_campaign_that_is_gone_is_not_begun_in_another(world: FakeWorld) -> None:
    await run_all(world, MARCH)
    state = queue(world).state
    assert state
    (batch,) = state.batches
    gone = replace(batch, campaign="april")
    result = await begin_queued(VOICE, BeginQueuedRequest(gone, "hilton", "s1"), world.services)

    assert result.not_begun is NotBegun.REFUSED
    assert world.controls[VOICE].states == {}


async def test_a_queued_customer_of_a_campaign_that_has_left_the_cluster_is_not_begun() -> None:
    elsewhere = {"name": "april", "start": "2026-04-01", "end": "2026-04-02", "clusters": ["chat-prod"]}
    world = two_campaigns(elsewhere)
    batch = Batch("b1", OLIVIA.user_id, WHY, "missing", ALL_DAYS, campaign="april")
    result = await begin_queued(VOICE, BeginQueuedRequest(batch, "hilton", "s1"), world.services)

    assert result.not_begun is NotBegun.REFUSED
    assert world.controls[VOICE].states == {}


async def test_while_campaigns_were_never_read_a_queued_customer_is_not_begun_and_is_asked_for_again(
    world: FakeWorld,
) -> None:
    await run_all(world, MARCH)
    state = queue(world).state
    assert state
    (batch,) = state.batches
    world.journal.away = Unavailable("store", "locked")
    of_slack = replace(batch, campaign="april")

    with pytest.raises(Unavailable):
        await begin_queued(VOICE, BeginQueuedRequest(of_slack, "hilton", "s1"), world.services)


@pytest.fixture
async def lagging(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> FakeWorld:
    """The queue has just begun a sequence of hilton for March, and Temporal does not list it yet."""
    await run_all(world, MARCH)
    state = queue(world).state
    assert state
    turn = slots.next_step(state, SURVEY)
    assert isinstance(turn, slots.Start)
    begun = BeginQueuedRequest(state.batches[0], turn.starting.customer, turn.starting.sequence)
    result = await begin_queued(VOICE, begun, world.services)
    state = queue_state.begun(slots.started(state, turn), begun.sequence, result)
    queue(world).state = replace(state, queued=())

    async def nothing(_control: FakeControl) -> list[SequenceStanding]:
        return []

    monkeypatch.setattr(FakeControl, "sequences", nothing)
    return world


@pytest.mark.parametrize("campaign", [MARCH, ""])
@pytest.mark.parametrize("has_demanded", [False, True])
async def test_a_sequence_that_has_just_begun_and_is_not_listed_yet_is_stopped_with_its_cluster(
    lagging: FakeWorld, campaign: str, has_demanded: bool
) -> None:
    state = queue(lagging).state
    assert state
    (starting,) = state.starting
    first = Demand("w1", starting.sequence, starting.customer, starting.batch, 1, waiting=(1,))
    queue(lagging).state = queue_state.take_demand(state, first) if has_demanded else state

    shown = await proposed(lagging, Cancel(target=VOICE, campaign=campaign))

    assert [(type(act), act.customer) for act in shown.acts] == [(Instruct, starting.customer)]


async def test_a_campaign_whose_sequence_has_just_begun_and_is_not_listed_yet_is_not_closed(
    lagging: FakeWorld,
) -> None:
    state = queue(lagging).state
    assert state
    (starting,) = state.starting
    first = Demand("w1", starting.sequence, starting.customer, starting.batch, 1, waiting=(1,))
    queue(lagging).state = queue_state.take_demand(state, first)
    with pytest.raises(Declined) as refused:
        await proposed(lagging, Campaign(target=MARCH, action=CampaignAction.CLOSE))

    assert isinstance(refused.value.reason, CampaignInUse)
