"""FakePeople: who is who, in memory, held to the contract of ``bot.ports.People`` by tests/adapters."""

from dataclasses import dataclass, field

from bot.errors import NotFound, SystemAnswer
from bot.model import Person


@dataclass
class FakePeople:
    """People and user groups by id; ``away`` is raised by every call while it is set."""

    persons: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    team: str = "T0FAKE"
    away: SystemAnswer | None = None

    async def person(self, user_id: str) -> Person:
        self._answer()
        if user_id not in self.persons:
            raise NotFound("slack", f"no user {user_id}")
        return self.persons[user_id]

    async def members(self, group_id: str) -> frozenset[str]:
        self._answer()
        if group_id not in self.groups:
            raise NotFound("slack", f"no user group {group_id}")
        return self.groups[group_id]

    async def home_team(self) -> str:
        self._answer()
        return self.team

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
