"""Whether anybody may change anything: what is wrong with those whom the configuration names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.fleet.diagnostics.findings import Answer
from bot.model import Person

NO_SUCH_USER = "Slack knows no such user"
NO_SUCH_GROUP = "Slack knows no such user group, or it is disabled"

# Of each kind; there may be very many.
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A user group as it was found: how many members it has, and what keeps each of those looked at from changing
    anything ("" nothing). ``unread`` is why it could not be read at all."""

    members: int = 0
    looked_at: tuple[str, ...] = ()
    unread: str = ""

    @property
    def may_help(self) -> bool:
        """Whether somebody in it may change something, as far as is known: of a large one a few are looked at."""
        return not self.lack or len(self.looked_at) < self.members

    @property
    def lack(self) -> str:
        """Why nobody in it may change anything, or ""."""
        if self.unread or not self.members:
            return self.unread or "it has no members"
        if all(self.looked_at):
            reasons = ", ".join(dict.fromkeys(self.looked_at))
            return f"none of the {len(self.looked_at)} members looked at may change anything: {reasons}"
        return ""


def lack_of(person: Person, refusal: str) -> str:
    """What keeps this person from changing anything, where policy has refused; ``refusal`` is its own sentence."""
    if not refusal:
        return ""
    if person.is_deleted:
        return "deactivated"
    if person.is_bot:
        return "a bot"
    return "a guest, who may look at most" if person.is_guest else refusal


def operators(named: Mapping[str, str], groups: Mapping[str, Group], unasked: int = 0) -> Answer:
    """``named`` are the operators by id, each with what keeps them from changing anything, or ""; ``unasked`` more
    people and groups are named, and were not asked about."""
    lacking = [f"operator {user_id}: {why}" for user_id, why in named.items() if why]
    lacking += [f"user group {group_id}: {group.lack}" for group_id, group in groups.items() if group.lack]
    told = _listed(lacking)
    if not named and not groups:
        return Answer(problems=("nobody may change anything: no operators and no operator_groups are named",))
    able = sum(not why for why in named.values())
    helpful = sum(not group.lack for group in groups.values())
    if not able and not unasked and not any(group.may_help for group in groups.values()):
        return Answer(problems=("nobody may change anything: none of those named can", *told))
    return Answer(f"who may change things: {able} by id, {helpful} user groups", warnings=told)


def _listed(lines: list[str]) -> tuple[str, ...]:
    more = [f"and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
    return (*lines[:MOST_LISTED], *more)
