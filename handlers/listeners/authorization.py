"""Authorization: looks up a person, and decides by bot/permissions.py what this person may do. No other module
decides that.

A person may have lost a right a moment ago, so a change is allowed only on an answer of Slack's from the last 10 s.
When Slack limits the rate of calls, the bot waits for a new answer, and does not use an older one.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.blocks import words
from bot.commands import Purpose, Request
from bot.errors import NotAllowed, NotFound
from bot.model import Actor, Person
from bot.permissions import Permission, Rights, permission_for, role_of
from bot.services import Services
from bot.usecases.control.audit_failures import record_refusal
from bot.usecases.display_names import names_of
from handlers.listeners.operators import Operators, operators
from handlers.listeners.rate_limits import wait_out_rate_limits

# A refusal names at most this many people, and counts the rest.
NAMED = 8
# How old Slack's answer about a person or a user group may be when the person wants a change.
FRESH = timedelta(seconds=10)

_STRANGER = "The bot answers only people whom Slack can tell it about, those of its workspace."


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a person who opens the app may do. ``refusal`` says why they may not look; "" if they may. If the person
    may not change all clusters, ``clusters`` lists those that they may change, and ``operators`` names people whom
    they can ask about the other clusters."""

    refusal: str
    may_change: bool = False
    operators: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


async def viewer(user_id: str, services: Services) -> Viewer:
    """What this person may do. Uses answers of Slack that are up to a minute old, which does no harm: each click is
    authorized again. Raises DependencyError if Slack does not answer."""
    lookups = _person(Actor(user_id, "", ""), None, services), wait_out_rate_limits(services.people.home_team)
    person, home_team = await asyncio.gather(*lookups)
    if person is None:
        return Viewer(_STRANGER)
    rights = _rights(home_team, await operators(services, None), services)
    role = role_of(person, rights)
    to_ask = () if role.refusal or role.may_change else rights.operators or rights.who_may(None)
    return Viewer(role.refusal, role.may_change, await _named(to_ask, services), role.clusters)


async def authorize(
    command: Request, actor: Actor, services: Services, clusters: Collection[str] | None = None
) -> None:
    """Return if the actor may carry out the command. Raises NotAllowed, naming who may, and DependencyError if Slack
    does not answer. The audit records the refusal of a change.

    ``clusters`` are the clusters that a change is about; "" in it stands for all clusters. Before the clusters are
    known, call this without them, and then again with them (see ``permission_for``).
    """
    is_change = command.purpose is Purpose.CHANGE
    within = FRESH if is_change else None
    lookups = _person(actor, within, services), wait_out_rate_limits(services.people.home_team)
    person, home = await asyncio.gather(*lookups)
    if person is None:
        raise await _refusal(command, actor, _STRANGER, services)
    known = await operators(services, FRESH, actor.user_id) if is_change else Operators()
    verdict = permission_for(command, person, _rights(home, known, services), clusters)
    if not verdict.is_allowed:
        refusal = await _refusal(command, actor, verdict.refusal, services)
        raise NotAllowed(" ".join(filter(None, (str(refusal), await _who_may(verdict, services), known.unread))))


def _rights(home_team: str, known: Operators, services: Services) -> Rights:
    return Rights(home_team, known.everywhere, services.config.slack.allow_guests, known.by_cluster)


async def _refusal(command: Request, actor: Actor, why: str, services: Services) -> NotAllowed:
    if command.purpose is Purpose.CHANGE:
        await record_refusal(command, actor, why, services)
    return NotAllowed(why)


async def _person(actor: Actor, within: timedelta | None, services: Services) -> Person | None:
    try:
        return await wait_out_rate_limits(partial(services.people.person, actor.user_id, within))
    except NotFound:
        return None


async def _who_may(verdict: Permission, services: Services) -> str:
    """A sentence that names who may; "" if that is nobody. It has names instead of mentions, so that nobody is
    notified."""
    if not verdict.who_may:
        return ""
    names = await _named(verdict.who_may, services)
    rest = [f"{len(verdict.who_may) - NAMED} more"] if len(verdict.who_may) > NAMED else []
    return f"Ask {words.either([*names, *rest])}."


async def _named(user_ids: Collection[str], services: Services) -> tuple[str, ...]:
    """The names of the first ``NAMED`` of these people."""
    return tuple(sorted((await names_of(sorted(user_ids)[:NAMED], services)).values()))
