"""Checks the channels, user groups and users that the routes of the configuration name."""

from collections.abc import Awaitable, Collection, Sequence
from itertools import chain

from bot.errors import DependencyError, NotFound, Refused
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.route_facts import (
    CampaignOfNoFile,
    MentionLack,
    MentionLacks,
    RouteFact,
    RouteRefused,
    RoutesReach,
    RoutesUnknown,
)
from bot.model import RoutingRule
from bot.ports import Channel, People


async def check_routes(
    rules: Sequence[RoutingRule], campaigns: Collection[str], channel: Channel, people: People
) -> Answer:
    """Whether the bot is in each channel, whether each mention would reach somebody, and whether each campaign that a
    rule names is one of ``campaigns``, those in backfill.toml. If Slack does not answer, the finding is "not
    known", because the Slack probe reports why."""
    routes = [rule.route for rule in rules]
    channels = dict.fromkeys(route.channel for route in routes if route.channel)
    mentioned = dict.fromkeys(chain.from_iterable(route.everybody for route in routes))
    problems: list[RouteFact] = []
    try:
        for each in channels:
            problems += await _refusal(each, channel.check_membership(each))
        for mention in mentioned:
            problems += await _lack(mention, people)
    except DependencyError as exc:
        return Answer((RoutesUnknown(str(exc)),), is_known=False)
    named = dict.fromkeys(name for rule in rules for name in sorted(rule.campaigns))
    unknown = tuple(CampaignOfNoFile(name) for name in named if name not in campaigns)
    return Answer((RoutesReach(len(channels), len(mentioned)),), warnings=unknown, problems=tuple(problems))


async def _refusal(place: str, check: Awaitable[object]) -> list[RouteFact]:
    try:
        await check
    except Refused as exc:
        return [RouteRefused(place, exc.why)]
    return []


async def _lack(mention: str, people: People) -> list[RouteFact]:
    try:
        if mention.startswith("S"):
            members = await people.members(mention)
            return [] if members else [MentionLacks(mention, MentionLack.NO_MEMBERS)]
        person = await people.person(mention)
    except NotFound:
        return [MentionLacks(mention, MentionLack.UNKNOWN)]
    except Refused as exc:
        return [RouteRefused(mention, exc.why)]
    return [MentionLacks(mention, MentionLack.DEACTIVATED)] if person.is_deleted else []
