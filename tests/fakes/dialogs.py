"""FakeDialogs: dialogs in memory, tested against the contract of ``bot.ports.Dialogs``."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import DependencyError


@dataclass
class FakeDialogs:
    """``kept`` has the time and the body of each dialog."""

    kept: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    away: DependencyError | None = None

    async def keep(self, dialog: str, body: str, now: datetime) -> None:
        self._answer()
        self.kept[dialog] = (now, body)

    async def recall(self, dialog: str, now: datetime) -> str | None:
        self._answer()
        kept_at, body = self.kept.get(dialog, (now - timedelta(hours=1), None))
        return body if kept_at > now - timedelta(hours=1) else None

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
