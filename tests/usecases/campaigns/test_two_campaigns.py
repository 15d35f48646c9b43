"""Two campaigns over the same customers at once: status, plan, start and cancel, each in its own."""

from datetime import date

import pytest

from bot.commands import Cancel, Pause, Plan, Run, Status, Timeout, Verify
from bot.fleet.proposals.proposal import BeginSequence, Instruct
from bot.fleet.proposals.warnings import InCampaigns
from bot.fleet.refusals.campaigns import TablesGone, UnknownCampaign, WhichCampaign
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NothingOpen
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.model import CampaignDefinition, CampaignRecord, JournalEntry, State, Window
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.plan import plan
from bot.usecases.status import status
from bot.usecases.verify import verify
from handlers.routes import answer
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN
from tests.fleet.sequences import spec
from tests.usecases.campaigns.two import JAN, MARCH, MARCH_DAYS, confirmed, proposed, runs, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE, completed
from tests.usecases.test_verify import tables


@pytest.fixture
def world() -> FakeWorld:
    return two_campaigns()


async def standing(world: FakeWorld, campaign: str = "", customer: str = "hilton") -> Backfill:
    command, services = await in_its_campaign(Status(target=customer, campaign=campaign), world.services)
    answer = await status(command, services)
    assert isinstance(answer, CustomerStatus)
    assert isinstance(answer.standing, Backfill)
    return answer.standing


async def test_status_counts_the_days_of_the_campaign_alone(world: FakeWorld) -> None:
    completed(world, "hilton", CAMPAIGN)
    runs(world, "hilton", MARCH_DAYS)

    assert (await standing(world)).state is State.COMPLETE
    assert (await standing(world, MARCH)).state is State.RUNNING


async def test_a_run_that_tells_another_campaign_counts_for_that_one(world: FakeWorld) -> None:
    runs(world, "hilton", CAMPAIGN, MARCH)

    assert (await standing(world)).state is State.NOT_STARTED


async def test_a_plan_is_for_the_days_of_its_campaign(world: FakeWorld) -> None:
    completed(world, "hilton", CAMPAIGN)
    command, services = await in_its_campaign(Plan(target="hilton", campaign=MARCH), world.services)

    assert (await plan(command, services)).whole == MARCH_DAYS


async def test_each_campaign_has_a_sequence_of_a_customer_and_both_run_at_once(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton"))
    await confirmed(world, Run(target="hilton", campaign="March"))

    listed = await world.controls[VOICE].sequences()
    assert [(each.customer, each.campaign, each.ref.workflow_id) for each in listed] == [
        ("hilton", JAN, "backfill-bot-sequence-hilton"),
        ("hilton", MARCH, "backfill-bot-sequence/voice-prod/march/hilton"),
    ]
    assert (await standing(world, JAN)).sequence
    assert (await standing(world, MARCH)).sequence


async def test_a_dialog_says_in_which_campaign_it_starts_and_remembers_it(world: FakeWorld) -> None:
    proposal = await proposed(world, Run(target="hilton", campaign=MARCH))
    (act,) = proposal.acts

    assert proposal.command.campaign == MARCH
    assert proposal.warnings[0] == InCampaigns((MARCH,))
    assert isinstance(act, BeginSequence)
    assert (act.spec.days, act.spec.campaign) == ((MARCH_DAYS,), MARCH)


async def test_what_stops_something_does_so_in_all_campaigns_and_names_them(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton"))
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    proposal = await proposed(world, Cancel(target="hilton"))

    assert [act.standing.campaign for act in proposal.acts if isinstance(act, Instruct)] == [JAN, MARCH]
    assert proposal.warnings[0] == InCampaigns((JAN, MARCH))
    await confirmed(world, Cancel(target="hilton"))
    states = [(await standing(world, name)).sequence for name in (JAN, MARCH)]
    assert [each.progress.phase.value for each in states if each and each.progress] == ["stopping", "stopping"]


async def test_with_its_name_only_that_campaign_is_stopped(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton"))
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    await confirmed(world, Pause(target=VOICE, campaign=MARCH))

    assert (await standing(world, JAN)).state is State.RUNNING
    paused = (await standing(world, MARCH)).sequence
    assert paused
    assert paused.progress
    assert paused.progress.paused_by


async def test_a_run_that_two_campaigns_share_is_cancelled_once(world: FakeWorld) -> None:
    runs(world, "hilton", Window(CAMPAIGN.start, MARCH_DAYS.end))
    proposal = await proposed(world, Cancel(target="hilton"))

    assert len(proposal.acts) == 1
    assert proposal.warnings[0] == InCampaigns((JAN, MARCH))


async def test_what_is_open_nowhere_is_refused_once(world: FakeWorld) -> None:
    with pytest.raises(Declined) as refused:
        await proposed(world, Cancel(target="hilton"))

    assert refused.value.reason == NothingOpen(Cancel(target="hilton"), "hilton")


async def test_an_unknown_campaign_is_refused_with_those_that_there_are(world: FakeWorld) -> None:
    with pytest.raises(Declined) as refused:
        await proposed(world, Timeout(target="hilton", campaign="may"))

    assert refused.value.reason == UnknownCampaign("may", (JAN, MARCH))


async def test_without_a_default_the_answer_asks_which() -> None:
    april = {"name": "april", "start": "2026-04-01", "end": "2026-04-02"}
    world = two_campaigns(april, campaign=None)
    with pytest.raises(Declined) as refused:
        await proposed(world, Run(target="hilton"))

    assert refused.value.reason == WhichCampaign("run", (MARCH, "april"))


async def test_an_open_sequence_of_an_earlier_version_blocks_a_second_one_of_the_first_campaign(
    world: FakeWorld,
) -> None:
    await world.controls[VOICE].begin(spec("hilton", VOICE))
    with pytest.raises(Declined):
        await proposed(world, Run(target="hilton"))

    assert (await proposed(world, Run(target="hilton", campaign=MARCH))).acts


async def test_customers_of_a_campaign_are_counted_together_in_its_tables_and_over_its_days() -> None:
    chosen = {"name": "may", "start": "2026-05-01", "end": "2026-06-01", "tables": ["orders"]}
    world = two_campaigns({**chosen, "customers": ["hilton", "vivint"]}, verify=tables("scores", "orders"))

    command, services = await in_its_campaign(Verify(target="all", campaign="may"), world.services)
    result = await verify(command, services)

    assert world.warehouses[VOICE].counted_together == [("orders", ("hilton", "vivint"))]
    assert world.warehouses[VOICE].counted == []
    assert result.window == Window(date(2026, 5, 1), date(2026, 6, 1))


@pytest.mark.parametrize("target", ["all", VOICE, "hilton"])
async def test_rows_of_a_campaign_whose_tables_are_gone_cannot_be_verified(world: FakeWorld, target: str) -> None:
    june = Window(date(2026, 6, 1), date(2026, 7, 1))
    record = CampaignRecord(
        "june", CampaignDefinition("june", june, tables=("visits", "calls")), "UOLIVIA", world.now
    )
    await world.journal.record(JournalEntry(campaigns=(record,)), world.now)
    with pytest.raises(Declined) as refused:
        await answer(Verify(target=target, campaign="june"), OLIVIA, world.services)

    assert refused.value.reason == TablesGone("june", ("visits", "calls"))
