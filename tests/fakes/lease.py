"""FakeLease: who leads, in memory, held to the contract of ``bot.ports.Lease`` by tests/adapters/store."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class FakeLease:
    """Its holder and until when; all who share it share the clock that ``now`` is read from."""

    held_by: str = ""
    until: datetime | None = None

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        if self.held_by not in ("", holder) and self.until is not None and self.until > now:
            return False
        self.held_by, self.until = holder, until
        return True

    async def give_back(self, holder: str) -> None:
        if self.held_by == holder:
            self.held_by, self.until = "", None

    async def holder(self) -> str:
        return self.held_by
