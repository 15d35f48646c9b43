"""Who may say and click what (design.md §4). Pure: whoever calls has looked the person and the groups up."""

from dataclasses import dataclass

from bot.commands import Purpose, Request
from bot.model import Person


@dataclass(frozen=True, slots=True)
class Rights:
    """Of the workspace ``home_team``: user ids of everybody who may change things, and whether guests may look."""

    home_team: str
    operators: frozenset[str]
    guests_may_look: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refusal`` is "" when allowed, else a sentence; ``who_may`` are the user ids it should name."""

    refusal: str = ""
    who_may: frozenset[str] = frozenset()

    @property
    def is_allowed(self) -> bool:
        """Whether to go on."""
        return not self.refusal


def may(command: Request, person: Person, rights: Rights) -> Verdict:
    """Whether this person may do this now."""
    stranger = _stranger(person, rights)
    if stranger:
        return Verdict(stranger)
    if command.purpose is not Purpose.CHANGE:
        return Verdict()
    if person.is_guest:
        return Verdict(f"Guests may not {command.word()}.", rights.operators - {person.user_id})
    if person.user_id not in rights.operators:
        nobody = "" if rights.operators else ", and nobody is known to be one"
        return Verdict(f"Only operators may {command.word()}{nobody}.", rights.operators)
    return Verdict()


def _stranger(person: Person, rights: Rights) -> str:
    """Why this person may not even look, or ""."""
    if person.is_bot or person.is_deleted:
        return "The bot answers people who are active in this workspace, not other bots or deactivated users."
    if not person.is_of(rights.home_team):
        return "The bot answers people of its own workspace only."
    if person.is_guest and not rights.guests_may_look:
        return "The bot answers members of this workspace, not its guests."
    return ""
