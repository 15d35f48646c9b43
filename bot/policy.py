"""Who may say and click what (design.md §4). Pure: whoever calls has looked the person and the groups up."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commands import Purpose, Request
from bot.config import SlackConfig
from bot.model import Person


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refusal`` is "" when allowed, else a sentence; ``who_may`` are the user ids it should name."""

    refusal: str = ""
    who_may: frozenset[str] = frozenset()

    @property
    def is_allowed(self) -> bool:
        """Whether to go on."""
        return not self.refusal


ALLOWED = Verdict()


def may(
    command: Request, person: Person, home_team: str, groups: Mapping[str, frozenset[str]], slack: SlackConfig
) -> Verdict:
    """Whether this person may do this now; ``groups`` holds the members of the operators' user groups, by id."""
    stranger = _stranger(person, home_team, slack)
    if stranger:
        return Verdict(stranger)
    if command.purpose is not Purpose.CHANGE:
        return ALLOWED
    who_may = operators(groups, slack)
    if person.user_id not in who_may:
        return Verdict(f"Only operators may {command.word()}.", who_may)
    if person.is_guest:
        return Verdict(f"Guests may not {command.word()}.", who_may - {person.user_id})
    return ALLOWED


def operators(groups: Mapping[str, frozenset[str]], slack: SlackConfig) -> frozenset[str]:
    """Everybody who may change things."""
    members = (groups.get(group, frozenset()) for group in slack.operator_groups)
    return frozenset(slack.operators).union(*members)


def _stranger(person: Person, home_team: str, slack: SlackConfig) -> str:
    """Why this person may not even look, or ""."""
    if person.is_bot or person.is_deleted:
        return "The bot answers people who are active in this workspace, not other bots or deactivated users."
    if person.team_id != home_team:
        return "The bot answers people of its own workspace only."
    if person.is_guest and not slack.allow_guests:
        return "Guests may not look; allow_guests in the bot's configuration would let them."
    return ""
