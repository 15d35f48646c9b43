"""Checks whether anybody may change anything, by the operators and user groups in the configuration. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.model import Person

NO_SUCH_USER = "Slack knows no such user"
NO_SUCH_GROUP = "Slack knows no such user group, or it is disabled"

# The report lists this many people and groups with problems, and counts the rest.
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A user group: how many members it has, and which of them may change something.

    ``looked_at`` has an entry for each member that was checked: the reason why they may not change anything, or "".
    ``unread`` is the reason why the group could not be read.
    """

    members: int = 0
    looked_at: tuple[str, ...] = ()
    unread: str = ""

    @property
    def may_help(self) -> bool:
        """Whether a member may change something. Of a large group only some are checked, so this may be a guess."""
        return not self.lack or len(self.looked_at) < self.members

    @property
    def lack(self) -> str:
        """The reason why no checked member may change anything, or ""."""
        if self.unread or not self.members:
            return self.unread or "it has no members"
        if all(self.looked_at):
            reasons = ", ".join(dict.fromkeys(self.looked_at))
            return f"none of the {len(self.looked_at)} members looked at may change anything: {reasons}"
        return ""


def lack_of(person: Person, refusal: str) -> str:
    """Why this person may not change anything, in a few words, or ""; ``refusal`` is what the person reads."""
    if not refusal:
        return ""
    if person.is_deleted:
        return "deactivated"
    if person.is_bot:
        return "a bot"
    return "a guest, who may look at most" if person.is_guest else refusal


def operators(people: Mapping[str, str], groups: Mapping[str, Group], unasked: int = 0) -> Answer:
    """The answer for all operators and groups.

    ``people`` says by user id why an operator may not change anything, or "". ``unasked`` counts further people and
    groups of the configuration, about whom Slack was not asked.
    """
    lacking = [f"operator {user_id}: {why}" for user_id, why in people.items() if why]
    lacking += [f"user group {group_id}: {group.lack}" for group_id, group in groups.items() if group.lack]
    lines = _shorten(lacking)
    if not people and not groups:
        return Answer(problems=("nobody may change anything: no operators and no operator_groups are named",))
    able = sum(not why for why in people.values())
    helpful = sum(not group.lack for group in groups.values())
    if not able and not unasked and not any(group.may_help for group in groups.values()):
        return Answer(problems=("nobody may change anything: none of those named can", *lines))
    return Answer(f"who may change things: {able} by id, {helpful} user groups", warnings=lines)


def _shorten(lines: list[str]) -> tuple[str, ...]:
    more = [f"and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
    return (*lines[:MOST_LISTED], *more)
