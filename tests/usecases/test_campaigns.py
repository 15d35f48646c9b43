"""campaigns: what is being filled, from the file and from Slack, without asking any cluster."""

from datetime import date

from bot.commands import Campaigns
from bot.errors import Unavailable
from bot.model import CampaignDefinition, CampaignProblem, CampaignRecord, JournalEntry, Window
from bot.usecases.campaigns.campaigns import campaigns
from tests.fakes.services import OPERATOR, FakeWorld
from tests.usecases.campaigns.two import APRIL, JAN, MARCH, two_campaigns

MAY = Window(date(2026, 5, 1), date(2026, 6, 1))


async def recorded(world: FakeWorld, name: str, definition: CampaignDefinition | None, *, is_closed: bool) -> None:
    record = CampaignRecord(name, definition, OPERATOR, APRIL, APRIL if is_closed else None)
    await world.journal.record(JournalEntry(campaigns=(record,)), APRIL)


async def test_the_default_comes_first_and_each_says_what_it_comes_to() -> None:
    result = await campaigns(Campaigns(), two_campaigns().services)

    assert [each.campaign.name for each in result.campaigns] == [JAN, MARCH]
    assert result.default == JAN
    assert (result.campaigns[1].customers, result.campaigns[1].clusters) == (4, ("voice-prod", "chat-prod"))
    assert (result.campaigns[1].workflows, result.campaigns[1].tables) == (("backfill",), ("scores",))


async def test_what_was_opened_or_closed_from_slack_is_listed_the_closed_ones_last() -> None:
    world = two_campaigns()
    await recorded(world, JAN, None, is_closed=True)
    await recorded(world, "may", CampaignDefinition("may", MAY, customers=("hilton",)), is_closed=False)
    result = await campaigns(Campaigns(), world.services)

    assert [each.campaign.name for each in result.campaigns] == [MARCH, "may", JAN]
    assert result.people == {OPERATOR: "Olivia"}
    assert result.default == ""


async def test_the_file_wins_and_a_clash_and_a_definition_that_is_gone_are_told() -> None:
    world = two_campaigns()
    await recorded(world, MARCH, CampaignDefinition(MARCH, MAY), is_closed=False)
    await recorded(world, "may", CampaignDefinition("may", MAY, workflow="gone"), is_closed=False)
    by_name = {each.campaign.name: each.campaign for each in (await campaigns(Campaigns(), world.services)).campaigns}

    assert by_name[MARCH].clashes
    assert by_name[MARCH].window != MAY
    assert by_name["may"].problem is CampaignProblem.NO_WORKFLOW


async def test_what_was_read_last_is_known_while_the_store_does_not_answer() -> None:
    world = two_campaigns()
    services = world.services
    await recorded(world, "may", CampaignDefinition("may", MAY), is_closed=False)
    await campaigns(Campaigns(), services)
    world.journal.away = Unavailable("store", "locked")

    assert len((await campaigns(Campaigns(), services)).campaigns) == 3
