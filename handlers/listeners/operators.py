"""Finds the operators: the users that the configuration names, and the members of the user groups that it names.
Slack tells who the members are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.errors import NotFound, Refused
from bot.services import Services
from handlers.listeners.rate_limits import wait_out_rate_limits


@dataclass(frozen=True, slots=True)
class Operators:
    """User ids of operators: ``everywhere`` may change all clusters, and ``by_cluster`` has, by the cluster's name,
    those who may change only that cluster. ``unread`` has a sentence for each user group that cannot be read."""

    everywhere: frozenset[str] = frozenset()
    by_cluster: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: str = ""


async def operators(services: Services, within: timedelta | None, user_id: str = "") -> Operators:
    """The operators, from answers of Slack that are at most ``within`` old. If ``user_id`` may change all clusters,
    the operators of single clusters are left out.

    Raises Unavailable if Slack does not answer now but may later. Without the members of a group, the bot cannot tell
    whom to refuse.
    """
    slack = services.config.slack
    everywhere = frozenset(slack.operators)
    if user_id in everywhere:
        return Operators(everywhere)
    members = _Members(within, services)
    everywhere |= await members.of(slack.operator_groups)
    own: dict[str, frozenset[str]] = {}
    for name, cluster in services.config.clusters.items() if user_id not in everywhere else ():
        if ids := frozenset(cluster.operators) | await members.of(cluster.operator_groups):
            own[name] = ids
    return Operators(everywhere, own, members.unread)


class _Members:
    """The members of user groups. Asks Slack about each group once."""

    def __init__(self, within: timedelta | None, services: Services) -> None:
        self._within = within
        self._people = services.people
        self._known: dict[str, frozenset[str]] = {}
        self._unread: dict[str, str] = {}

    async def of(self, group_ids: Collection[str]) -> frozenset[str]:
        """The members of all these groups."""
        for group_id in group_ids:
            if group_id not in self._known:
                self._known[group_id] = await self._ask(group_id)
        return frozenset().union(*(self._known[group_id] for group_id in group_ids))

    @property
    def unread(self) -> str:
        """A sentence about each group that could not be read."""
        return " ".join(self._unread.values())

    async def _ask(self, group_id: str) -> frozenset[str]:
        try:
            return await wait_out_rate_limits(partial(self._people.members, group_id, self._within))
        except (Refused, NotFound) as exc:
            self._unread[group_id] = f"User group {group_id} cannot be read ({exc.why})."
            return frozenset()
