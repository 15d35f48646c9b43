"""Check: asks Slack about everybody who is named as an operator, a few at a time and not about too many."""

import asyncio
from collections.abc import Sequence

from bot.commands import Ack
from bot.config import SlackConfig
from bot.errors import DependencyError, NotFound, Refused
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.operators import NO_SUCH_GROUP, NO_SUCH_USER, Group, lack_of, operators
from bot.policy import Rights, permission_for
from bot.ports import People

# Slack lets an app ask about some hundred people a minute; nobody names so many operators.
MOST_NAMED = 50
MOST_OF_A_GROUP = 5
AT_ONCE = 5
# Whatever changes something would do; policy decides by its purpose.
_CHANGE = Ack(target="anything")


async def check_operators(slack: SlackConfig, people: People) -> Answer:
    """Whether those who are named exist and may change something; why Slack is silent is another probe's finding."""
    named, group_ids = tuple(dict.fromkeys(slack.operators)), tuple(dict.fromkeys(slack.operator_groups))
    turns = asyncio.Semaphore(AT_ONCE)
    try:
        home = await people.home_team()
        found = await _lacks(named[:MOST_NAMED], home, people, turns)
        groups = [await _group(group_id, home, people, turns) for group_id in group_ids[:MOST_NAMED]]
    except DependencyError as exc:
        return Answer(f"not known: {exc}", is_known=False)
    unasked = len(named) - len(found) + len(group_ids) - len(groups)
    return operators(dict(zip(named, found, strict=False)), dict(zip(group_ids, groups, strict=False)), unasked)


async def _group(group_id: str, home: str, people: People, turns: asyncio.Semaphore) -> Group:
    try:
        members = sorted(await people.members(group_id))
    except NotFound:
        return Group(unread=NO_SUCH_GROUP)
    except Refused as exc:
        return Group(unread=f"it cannot be read ({exc.why})")
    return Group(len(members), tuple(await _lacks(members[:MOST_OF_A_GROUP], home, people, turns)))


async def _lacks(user_ids: Sequence[str], home: str, people: People, turns: asyncio.Semaphore) -> list[str]:
    return await asyncio.gather(*(_lack(user_id, home, people, turns) for user_id in user_ids))


async def _lack(user_id: str, home: str, people: People, turns: asyncio.Semaphore) -> str:
    """As ``policy`` would decide if this person pressed a button now."""
    try:
        async with turns:
            person = await people.person(user_id)
    except NotFound:
        return NO_SUCH_USER
    return lack_of(
        person, permission_for(_CHANGE, person, Rights(home, frozenset({user_id}), guests_may_look=True)).refusal
    )
