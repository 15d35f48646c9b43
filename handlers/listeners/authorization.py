"""Authorization: looks up who asks, and whether they may (bot/permissions.py). Nothing else does.

A person may have lost a right a moment ago, so a change is allowed only on an answer of Slack's from the last 10 s.
When Slack is rate limited the bot waits for a new answer, and does not use an older one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.blocks import words
from bot.commands import Purpose, Request
from bot.errors import NotAllowed, NotFound, RateLimited, Refused
from bot.model import Actor, Person
from bot.permissions import Permission, Rights, permission_for, role_of
from bot.services import Services
from bot.usecases.control.audit_failures import record_refusal
from bot.usecases.display_names import names_of

# A refusal names so many people, and counts the rest.
NAMED = 8
# How old Slack's answer about a person or a user group may be when they want a change.
FRESH = timedelta(seconds=10)
# How long to wait in all for a rate-limited Slack before the person gets an error.
LONGEST_PATIENCE = timedelta(seconds=60)
Answer = TypeVar("Answer")

_STRANGER = "The bot answers only people whom Slack can tell it about, those of its workspace."


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a person who opens the app may do. ``refusal`` says why they may not look; "" if they may. ``operators``
    are the names of the people who may change things."""

    refusal: str
    may_change: bool = False
    operators: tuple[str, ...] = ()


async def viewer(user_id: str, services: Services) -> Viewer:
    """What this person may do, by answers of Slack that may be a minute old: each click is authorized again. Raises
    RateLimited or Unavailable if Slack cannot say."""
    lookups = _person(Actor(user_id, "", ""), None, services), _wait_out_rate_limits(services.people.home_team)
    person, home_team = await asyncio.gather(*lookups)
    if person is None:
        return Viewer(_STRANGER)
    slack = services.config.slack
    members, _ = await _members(None, services)
    operators = members.union(slack.operators)
    role = role_of(person, Rights(home_team, operators, slack.allow_guests))
    names = () if role.refusal or role.may_change else await _named(operators, services)
    return Viewer(role.refusal, role.may_change, names)


async def authorize(command: Request, actor: Actor, services: Services) -> None:
    """Return if the actor may do it. Raises NotAllowed, naming who may; a refused change is recorded in the audit."""
    within = FRESH if command.purpose is Purpose.CHANGE else None
    lookups = _person(actor, within, services), _wait_out_rate_limits(services.people.home_team)
    person, home = await asyncio.gather(*lookups)
    if person is None:
        raise await _refusal(command, actor, _STRANGER, services)
    slack = services.config.slack
    needs_groups = command.purpose is Purpose.CHANGE and actor.user_id not in slack.operators
    members, unread = await _members(FRESH, services) if needs_groups else (frozenset(), "")
    rights = Rights(home, members.union(slack.operators), slack.allow_guests)
    verdict = permission_for(command, person, rights)
    if not verdict.is_allowed:
        refusal = await _refusal(command, actor, verdict.refusal, services)
        raise NotAllowed(" ".join(filter(None, (str(refusal), await _who_may(verdict, services), unread))))


async def _refusal(command: Request, actor: Actor, why: str, services: Services) -> NotAllowed:
    if command.purpose is Purpose.CHANGE:
        await record_refusal(command, actor, why, services)
    return NotAllowed(why)


async def _person(actor: Actor, within: timedelta | None, services: Services) -> Person | None:
    try:
        return await _wait_out_rate_limits(partial(services.people.person, actor.user_id, within))
    except NotFound:
        return None


async def _members(within: timedelta | None, services: Services) -> tuple[frozenset[str], str]:
    """The members of the operators' user groups, and a sentence about groups that cannot be read.

    Raises Unavailable when Slack may answer later: nobody can be refused while a group is unknown.
    """
    members: frozenset[str] = frozenset()
    unread: list[str] = []
    for group in services.config.slack.operator_groups:
        try:
            members |= await _wait_out_rate_limits(partial(services.people.members, group, within))
        except (Refused, NotFound) as exc:
            unread.append(f"User group {group} cannot be read ({exc.why}).")
    return members, " ".join(unread)


async def _who_may(verdict: Permission, services: Services) -> str:
    """A sentence that names the operators. It holds no mentions, which could notify them."""
    if not verdict.who_may:
        return ""
    names = await _named(verdict.who_may, services)
    rest = [f"{len(verdict.who_may) - NAMED} more"] if len(verdict.who_may) > NAMED else []
    return f"Ask {words.either([*names, *rest])}."


async def _named(user_ids: Collection[str], services: Services) -> tuple[str, ...]:
    """The names of the first ``NAMED`` of these people."""
    return tuple(sorted((await names_of(sorted(user_ids)[:NAMED], services)).values()))


async def _wait_out_rate_limits(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask again for as long as Slack is rate limited. Raises RateLimited after ``LONGEST_PATIENCE``."""
    patience = LONGEST_PATIENCE
    while True:
        try:
            return await ask()
        except RateLimited as exc:
            patience -= exc.retry_after
            if patience < timedelta(0):
                raise
            await asyncio.sleep(exc.retry_after.total_seconds())
