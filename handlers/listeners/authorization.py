"""Looks up who asks and whether policy lets them; the one place where that question is put.

Whoever changes something may have lost the right to a moment ago: they are let in on news of the last 10 s only.
Where Slack asks for patience it is waited for; old news do not do instead.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.commands import Purpose, Request
from bot.errors import NotAllowed, NotFound, RateLimited, Refused
from bot.model import Actor, Person
from bot.policy import Permission, Rights, permission_for
from bot.services import Services
from bot.usecases.control.audit_failures import record_refusal
from bot.usecases.display_names import names_of

# How many people a refusal names before it only counts the rest.
NAMED = 8
# Of what is known about whoever wants a change.
NEWS = timedelta(seconds=10)
# Until a Slack that asks for patience is told to the person instead.
LONGEST_PATIENCE = timedelta(seconds=60)
Answer = TypeVar("Answer")

_STRANGER = "The bot answers only people whom Slack can tell it about, those of its workspace."


async def admit(command: Request, actor: Actor, services: Services) -> None:
    """Return when the actor may; raise NotAllowed, naming who may, otherwise. A change refused goes to the audit."""
    within = NEWS if command.purpose is Purpose.CHANGE else None
    asked = _person(actor, within, services), _patiently(services.people.home_team)
    person, home = await asyncio.gather(*asked)
    if person is None:
        raise await _refused(command, actor, _STRANGER, services)
    slack = services.config.slack
    needs_groups = command.purpose is Purpose.CHANGE and actor.user_id not in slack.operators
    members, unread = await _members(NEWS, services) if needs_groups else (frozenset(), "")
    rights = Rights(home, members.union(slack.operators), slack.allow_guests)
    permission = permission_for(command, person, rights)
    if not permission.is_allowed:
        refused = await _refused(command, actor, permission.refusal, services)
        raise NotAllowed(" ".join(filter(None, (str(refused), await _who_may(permission, services), unread))))


async def _refused(command: Request, actor: Actor, why: str, services: Services) -> NotAllowed:
    if command.purpose is Purpose.CHANGE:
        await record_refusal(command, actor, why, services)
    return NotAllowed(why)


async def _person(actor: Actor, within: timedelta | None, services: Services) -> Person | None:
    try:
        return await _patiently(partial(services.people.person, actor.user_id, within))
    except NotFound:
        return None


async def _members(within: timedelta, services: Services) -> tuple[frozenset[str], str]:
    """Everybody in the operators' user groups, and a sentence about groups that cannot be read.

    Raises Unavailable when Slack may tell later: without the group nobody can be refused.
    """
    members: frozenset[str] = frozenset()
    unread: list[str] = []
    for group in services.config.slack.operator_groups:
        try:
            members |= await _patiently(partial(services.people.members, group, within))
        except (Refused, NotFound) as exc:
            unread.append(f"User group {group} cannot be read ({exc.why}).")
    return members, " ".join(unread)


async def _who_may(permission: Permission, services: Services) -> str:
    """The operators by name: a mention could ping them."""
    if not permission.who_may:
        return ""
    ids = sorted(permission.who_may)
    names = sorted((await names_of(ids[:NAMED], services)).values())
    rest = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"Who may: {', '.join(names)}{rest}."


async def _patiently(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer, when Slack gives one. Raises RateLimited when it asks for more patience than people have."""
    patience = LONGEST_PATIENCE
    while True:
        try:
            return await ask()
        except RateLimited as exc:
            patience -= exc.retry_after
            if patience < timedelta(0):
                raise
            await asyncio.sleep(exc.retry_after.total_seconds())
