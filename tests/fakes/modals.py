"""FakeModals: modals in memory, tested against the contract of ``bot.ports.Modals``."""

from dataclasses import dataclass, field

from bot.errors import Conflict, DependencyError, NotFound, Refused
from bot.message import Message, View


@dataclass
class FakeModals:
    """Every view shown, by view id, the latest last; ``closed`` are those that the person has closed."""

    shown: dict[str, list[View]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    whispers: list[tuple[str, Message]] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    away: DependencyError | None = None

    async def open(self, trigger: str, view: View) -> str:
        self._answer()
        if not trigger:
            raise Refused("slack", "views.open: invalid_trigger_id")
        if trigger in self.spent:
            raise Conflict("slack", "views.open: exchanged_trigger_id")
        self.spent.add(trigger)
        view_id = f"V{len(self.shown) + 1:04d}"
        self.shown[view_id] = [view]
        return view_id

    async def update(self, view_id: str, view: View) -> None:
        self._answer()
        if view_id not in self.shown or view_id in self.closed:
            raise NotFound("slack", "views.update: not_found")
        self.shown[view_id].append(view)

    async def whisper(self, user_id: str, message: Message) -> None:
        self._answer()
        self.whispers.append((user_id, message))

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
