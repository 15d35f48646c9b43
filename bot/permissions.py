"""Who may use which command. Pure: the caller has looked up the person and the groups.

Everybody in the workspace may look, operators may change, and the configuration decides about guests.
"""

from dataclasses import dataclass

from bot.commands import Purpose, Request
from bot.model import Person


@dataclass(frozen=True, slots=True)
class Rights:
    """What the workspace ``home_team`` allows; ``operators`` are the user ids of those who may change things."""

    home_team: str
    operators: frozenset[str]
    guests_may_read: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """``refusal`` is "" when allowed, else a sentence; ``who_may`` are the user ids that the answer names."""

    refusal: str = ""
    who_may: frozenset[str] = frozenset()

    @property
    def is_allowed(self) -> bool:
        return not self.refusal


@dataclass(frozen=True, slots=True)
class Role:
    """What a person may do at all. ``refusal`` says why they may not even look; "" for people who may."""

    refusal: str
    may_change: bool


def role_of(person: Person, rights: Rights) -> Role:
    """What this person may do, whatever the command."""
    refusal = _refusal_to_outsiders(person, rights)
    may_change = not refusal and not person.is_guest and person.user_id in rights.operators
    return Role(refusal, may_change)


def permission_for(command: Request, person: Person, rights: Rights) -> Permission:
    """Whether this person may use this command. A guest may change nothing, even one who is named as operator."""
    refusal = _refusal_to_outsiders(person, rights)
    if refusal:
        return Permission(refusal)
    if command.purpose is not Purpose.CHANGE:
        return Permission()
    if person.is_guest:
        return Permission(f"Guests may not {command.word()}.", rights.operators - {person.user_id})
    if person.user_id not in rights.operators:
        nobody = "" if rights.operators else ", and nobody is known to be one"
        return Permission(f"Only operators may {command.word()}{nobody}.", rights.operators)
    return Permission()


def _refusal_to_outsiders(person: Person, rights: Rights) -> str:
    """Why this person may not even look; "" for people who may."""
    if person.is_bot or person.is_deleted:
        return "The bot answers people who are active in this workspace, not other bots or deactivated users."
    if not person.is_of(rights.home_team):
        return "The bot answers people of its own workspace only."
    if person.is_guest and not rights.guests_may_read:
        return "The bot answers members of this workspace, not its guests."
    return ""
