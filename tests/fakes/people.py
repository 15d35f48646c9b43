"""FakePeople: users and groups in memory, tested against the contract of ``bot.ports.People``."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.errors import DependencyError, NotFound
from bot.model import Installation, Person


@dataclass
class FakePeople:
    """People and user groups by id; ``away`` is raised by every call while it is set."""

    persons: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    team: str = "T0FAKE"
    enterprise: str = ""
    app: str = ""
    away: DependencyError | None = None
    asked_within: list[timedelta | None] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    async def person(self, user_id: str, within: timedelta | None = None) -> Person:
        self._answer()
        self.asked_within.append(within)
        if user_id not in self.persons:
            raise NotFound("slack", f"no user {user_id}")
        return self.persons[user_id]

    async def members(self, group_id: str, within: timedelta | None = None) -> frozenset[str]:
        self._answer()
        self.asked_within.append(within)
        if group_id not in self.groups:
            raise NotFound("slack", f"no user group {group_id}")
        return self.groups[group_id]

    async def home_team(self) -> str:
        self._answer()
        return self.team

    async def installation(self) -> Installation:
        self._answer()
        return Installation(self.team, self.enterprise, self.app)

    def forget(self, changed_id: str) -> None:
        self.forgotten.append(changed_id)

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
