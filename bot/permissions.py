"""Who may use which command. Pure: the caller has looked up the person and the groups.

Everybody in the workspace may look, operators may change, and the configuration decides about guests.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.commands import Purpose, Request
from bot.model import Person


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may do what in the workspace ``home_team``. ``operators`` are the user ids of people who may change things
    everywhere. ``cluster_operators`` maps each cluster to the user ids of people who may change things there."""

    home_team: str
    operators: frozenset[str]
    guests_may_read: bool
    cluster_operators: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def clusters_of(self, user_id: str) -> tuple[str, ...]:
        """The clusters on which this person may change things; empty for somebody who may change things
        everywhere."""
        own = (name for name, operators in self.cluster_operators.items() if user_id in operators)
        return () if user_id in self.operators else tuple(own)

    def who_may(self, clusters: Collection[str] | None) -> frozenset[str]:
        """The user ids of people who may change things on all of these clusters; for None, on at least one
        cluster."""
        if clusters is None:
            return self.operators.union(*self.cluster_operators.values())
        own = [self.cluster_operators.get(name, frozenset()) for name in clusters]
        return self.operators | (frozenset.intersection(*own) if own else frozenset())


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a person may use a command. ``refusal`` is "" if they may, else a sentence that says why not.
    ``who_may`` are the user ids of the people whom that answer names."""

    refusal: str = ""
    who_may: frozenset[str] = frozenset()

    @property
    def is_allowed(self) -> bool:
        return not self.refusal


@dataclass(frozen=True, slots=True)
class Role:
    """What a person may do at all. ``refusal`` says why they may not even look; "" for people who may. Without
    ``may_change``, they may change only the ``clusters`` named here."""

    refusal: str
    may_change: bool
    clusters: tuple[str, ...] = ()


def role_of(person: Person, rights: Rights) -> Role:
    """What this person may do, whatever the command."""
    refusal = _refusal_to_outsiders(person, rights)
    if refusal or person.is_guest:
        return Role(refusal, may_change=False)
    return Role("", person.user_id in rights.operators, rights.clusters_of(person.user_id))


def permission_for(
    command: Request, person: Person, rights: Rights, clusters: Collection[str] | None = None
) -> Permission:
    """Whether this person may use this command. A guest may change nothing, even one who is named as operator.

    ``clusters`` are the clusters that the command changes; "" among them means that it concerns all clusters. While
    they are unknown (None), an operator of any cluster is allowed, and the caller has to ask again once they are
    known.
    """
    refusal = _refusal_to_outsiders(person, rights)
    if refusal:
        return Permission(refusal)
    if command.purpose is not Purpose.CHANGE:
        return Permission()
    if person.is_guest:
        return Permission(f"Guests may not {command.word()}.", _to_ask(rights, clusters) - {person.user_id})
    if person.user_id in rights.who_may(clusters):
        return Permission()
    who_may = _to_ask(rights, clusters)
    nobody = "" if who_may else ", and nobody is known to be one"
    own = rights.clusters_of(person.user_id)
    if clusters is None or not own:
        return Permission(f"Only operators may {command.word()}{nobody}.", who_may)
    where = f"on {', '.join(sorted(set(clusters) - set(own)))}" if "" not in clusters else "for all clusters"
    sentence = f"Only operators may {command.word()} {where}{nobody}. You may change things on {', '.join(own)}."
    return Permission(sentence, who_may)


def _to_ask(rights: Rights, clusters: Collection[str] | None) -> frozenset[str]:
    """The user ids of people that a refusal names. While the clusters are unknown, these are the people who may
    change things everywhere. If nobody may do that, they are the operators of single clusters."""
    return (rights.operators if clusters is None else frozenset()) or rights.who_may(clusters)


def _refusal_to_outsiders(person: Person, rights: Rights) -> str:
    """Why this person may not even look; "" for people who may."""
    if person.is_bot or person.is_deleted:
        return "The bot answers people who are active in this workspace, not other bots or deactivated users."
    if not person.is_of(rights.home_team):
        return "The bot answers people of its own workspace only."
    if person.is_guest and not rights.guests_may_read:
        return "The bot answers members of this workspace, not its guests."
    return ""
