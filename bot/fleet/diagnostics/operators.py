"""Checks whether anybody may change anything, given the operators and user groups in the configuration. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.fleet.diagnostics.facts import (
    Forbidden,
    GroupLack,
    GroupLacks,
    Lack,
    MoreLacking,
    NobodyMay,
    NobodyNamed,
    NobodyNamedFor,
    NoneOfMembers,
    OperatorLacks,
    OperatorsFact,
    PersonLack,
    WhoMay,
)
from bot.fleet.diagnostics.findings import Answer
from bot.model import Person

# The most people and groups with problems that the report lists; the others are counted.
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A user group: how many members it has, and which of them may change something.

    ``checked`` has an entry for each member that was checked: the reason why the member may not change anything, or
    None.
    ``unread`` is the reason why the group could not be read.
    """

    members: int = 0
    checked: tuple[PersonLack | None, ...] = ()
    unread: GroupLack | None = None

    @property
    def may_help(self) -> bool:
        """Whether a member may change something, as far as is known. If the group is large, only some members are
        checked. Then this is always True, because the others may be allowed."""
        return not self.lack or len(self.checked) < self.members

    @property
    def lack(self) -> GroupLack | None:
        """The reason why no checked member may change anything, or why none was checked; None if one may."""
        if self.unread or not self.members:
            return self.unread or Lack.NO_MEMBERS
        reasons = [reason for reason in self.checked if reason]
        if len(reasons) < len(self.checked):
            return None
        return NoneOfMembers(len(self.checked), tuple(dict.fromkeys(reasons)))


def lack_of(person: Person, refusal: str) -> PersonLack | None:
    """The reason why this person may not change anything, or None. ``refusal`` is what the policy says."""
    if not refusal:
        return None
    if person.is_deleted:
        return Lack.DEACTIVATED
    if person.is_bot:
        return Lack.BOT
    return Lack.GUEST if person.is_guest else Forbidden(refusal)


def operators(
    people: Mapping[str, PersonLack | None],
    groups: Mapping[str, Group],
    unasked: int = 0,
    without: tuple[str, ...] = (),
) -> Answer:
    """The answer for all operators and groups.

    ``people`` maps each operator's user id to the reason why the operator may not change anything, or to None.
    ``unasked`` counts the people and groups in the configuration about whom Slack was not asked. ``without`` are the
    clusters for which the configuration names nobody.
    """
    lacking: list[OperatorsFact] = [OperatorLacks(user_id, lack) for user_id, lack in people.items() if lack]
    lacking += [GroupLacks(group_id, group.lack) for group_id, group in groups.items() if group.lack]
    facts = _shorten(lacking)
    if not people and not groups:
        return Answer(problems=(NobodyNamed(),))
    able = sum(not lack for lack in people.values())
    helpful = sum(not group.lack for group in groups.values())
    if not able and not unasked and not any(group.may_help for group in groups.values()):
        return Answer(problems=(NobodyMay(), *facts))
    of_clusters = (NobodyNamedFor(without),) if without else ()
    return Answer((WhoMay(able, helpful),), warnings=(*of_clusters, *facts))


def _shorten(facts: list[OperatorsFact]) -> tuple[OperatorsFact, ...]:
    more = [MoreLacking(len(facts) - MOST_LISTED)] if len(facts) > MOST_LISTED else []
    return (*facts[:MOST_LISTED], *more)
