"""Checks the configured operators: asks Slack about a limited number of them, a few at a time."""

import asyncio
from collections.abc import Iterable, Sequence

from bot.commands import Ack
from bot.config import ClusterConfig, Config, SlackConfig
from bot.errors import DependencyError, NotFound, Refused
from bot.fleet.diagnostics.facts import Lack, OperatorsUnknown, PersonLack, Unreadable
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.operators import Group, lack_of, operators
from bot.permissions import Rights, permission_for
from bot.ports import People

# users.info is limited to some hundred calls a minute (docs.slack.dev/reference/methods/users.info, Tier 4).
MOST_NAMED = 50
MOST_OF_A_GROUP = 5
AT_ONCE = 5
# Any command that changes something would do: permission depends on the purpose of a command, not on its name.
_CHANGE = Ack(target="anything")


async def check_operators(config: Config, people: People) -> Answer:
    """Whether the people and groups that are configured, for all clusters or for single ones, exist and may change
    something. If Slack does not answer, the finding is "not known" and no failure, because the Slack probe reports
    why."""
    places: tuple[SlackConfig | ClusterConfig, ...] = (config.slack, *config.clusters.values())
    named = _once(user_id for place in places for user_id in place.operators)
    group_ids = _once(group_id for place in places for group_id in place.operator_groups)
    turns = asyncio.Semaphore(AT_ONCE)
    try:
        home = await people.home_team()
        lacks = await _lacks(named[:MOST_NAMED], home, people, turns)
        groups = [await _group(group_id, home, people, turns) for group_id in group_ids[:MOST_NAMED]]
    except DependencyError as exc:
        return Answer((OperatorsUnknown(str(exc)),), is_known=False)
    unasked = len(named) - len(lacks) + len(group_ids) - len(groups)
    asked = dict(zip(named, lacks, strict=False)), dict(zip(group_ids, groups, strict=False))
    return operators(*asked, unasked, _without_operators(config))


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def _without_operators(config: Config) -> tuple[str, ...]:
    """The clusters without an operator: the configuration names none for all clusters, and none for these."""
    slack = config.slack
    if slack.operators or slack.operator_groups:
        return ()
    return tuple(name for name, each in config.clusters.items() if not (each.operators or each.operator_groups))


async def _group(group_id: str, home: str, people: People, turns: asyncio.Semaphore) -> Group:
    try:
        members = sorted(await people.members(group_id))
    except NotFound:
        return Group(unread=Lack.NO_SUCH_GROUP)
    except Refused as exc:
        return Group(unread=Unreadable(exc.why))
    return Group(len(members), tuple(await _lacks(members[:MOST_OF_A_GROUP], home, people, turns)))


async def _lacks(
    user_ids: Sequence[str], home: str, people: People, turns: asyncio.Semaphore
) -> list[PersonLack | None]:
    return await asyncio.gather(*(_lack(user_id, home, people, turns) for user_id in user_ids))


async def _lack(user_id: str, home: str, people: People, turns: asyncio.Semaphore) -> PersonLack | None:
    """Why ``permission_for`` would not allow this person a change now; None if it would."""
    try:
        async with turns:
            person = await people.person(user_id)
    except NotFound:
        return Lack.NO_SUCH_USER
    return lack_of(
        person, permission_for(_CHANGE, person, Rights(home, frozenset({user_id}), guests_may_read=True)).refusal
    )
