"""FakeModals: modals in memory, tested against the contract of ``bot.ports.Modals``."""

from dataclasses import dataclass, field

from bot.errors import Conflict, DependencyError, NotFound, Refused
from bot.message import HomeTab, Message, View
from bot.model import Address


@dataclass
class FakeModals:
    """Every view shown, by view id, the latest last; ``closed`` are those that the person has closed. ``tabs`` are
    the Home tabs published, by user, the latest last. ``places`` are the channels or threads of ``whispers``."""

    shown: dict[str, list[View]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    whispers: list[tuple[str, Message]] = field(default_factory=list)
    places: list[Address | str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    tabs: dict[str, list[HomeTab]] = field(default_factory=dict)
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

    async def publish(self, user_id: str, tab: HomeTab) -> None:
        self._answer()
        self.tabs.setdefault(user_id, []).append(tab)

    async def whisper(self, user_id: str, message: Message, channel: str = "", thread: Address | None = None) -> None:
        self._answer()
        self.whispers.append((user_id, message))
        self.places.append(thread or channel)

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away
