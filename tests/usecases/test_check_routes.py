"""``check`` looks up the channels, groups and users of the routes."""

from bot.blocks.check_facts_of_routes import text
from bot.errors import Unavailable
from bot.fleet.diagnostics.findings import Answer, Level
from bot.fleet.diagnostics.route_facts import (
    CampaignOfNoFile,
    MentionLack,
    MentionLacks,
    RouteRefused,
    RoutesReach,
    RoutesUnknown,
)
from bot.model import Route, RoutingRule
from bot.usecases.check_routes import check_routes
from tests.fakes.services import OPERATOR, FakeWorld, person


async def answer(world: FakeWorld, *routes: Route) -> Answer:
    return await check_routes([RoutingRule(route) for route in routes], ["default"], world.channel, world.people)


async def test_routes_that_reach_everybody_are_counted() -> None:
    both = Route("C0VOICE", ("S0ONCALL", OPERATOR)), Route("C0VOICE", ("S0ONCALL",))

    assert (await answer(FakeWorld(), *both)).facts == (RoutesReach(1, 2),)


async def test_a_channel_that_the_bot_is_not_in_is_a_failure() -> None:
    world = FakeWorld()
    world.channel.closed = {"C0VOICE"}

    assert (await answer(world, Route("C0VOICE"))).problems == (RouteRefused("C0VOICE", "the bot is not in C0VOICE"),)


async def test_mentions_that_reach_nobody_are_failures() -> None:
    world = FakeWorld()
    world.people.groups["S0EMPTY"] = frozenset()
    world.people.persons["U0DORA"] = person("U0DORA", "Dora", is_deleted=True)

    assert (await answer(world, Route(mention=("S0GONE", "S0EMPTY", "U0DORA")))).problems == (
        MentionLacks("S0GONE", MentionLack.UNKNOWN),
        MentionLacks("S0EMPTY", MentionLack.NO_MEMBERS),
        MentionLacks("U0DORA", MentionLack.DEACTIVATED),
    )


async def test_nothing_is_known_while_slack_does_not_answer() -> None:
    world = FakeWorld()
    world.people.away = Unavailable("slack", "no answer")
    found = await answer(world, Route(mention=("S0ONCALL",)))

    assert found.level is Level.UNKNOWN
    assert found.facts == (RoutesUnknown("slack: no answer"),)


async def test_a_route_for_a_campaign_that_the_file_does_not_have_is_a_warning() -> None:
    world = FakeWorld()
    rules = [RoutingRule(Route(), campaigns=frozenset({"default", "marhc"}))]
    found = await check_routes(rules, ["default"], world.channel, world.people)

    assert found.warnings == (CampaignOfNoFile("marhc"),)
    assert text(found.warnings[0]).startswith("a route is for the campaign marhc, which backfill.toml does not have")
