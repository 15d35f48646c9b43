"""FakeOutbox: speeches on their way, in memory, held to the contract of ``bot.ports.Outbox`` by tests/adapters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import NotFound
from bot.model import Address, Queued, Speech


@dataclass
class Waiting:
    """One speech and how far it has come."""

    speech: Speech
    turn: int
    created_at: datetime
    revision: int = 1
    said_revision: int = 0
    address: Address | None = None
    attempted_at: datetime | None = None
    tries: int = 0
    next_try_at: datetime | None = None
    set_aside: str | None = None


@dataclass
class FakeOutbox:
    """Speeches by key; ``enqueue`` is what a journal does with an entry's speeches."""

    speeches: dict[str, Waiting] = field(default_factory=dict)
    turns: int = 0

    def enqueue(self, speech: Speech, now: datetime) -> None:
        """Record what is to be said."""
        known = self.speeches.get(speech.key)
        if known is None:
            self.turns += 1
            self.speeches[speech.key] = Waiting(speech, self.turns, now)
        elif known.speech.body != speech.body:
            if known.said_revision == known.revision:
                self.turns += 1
                known.turn = self.turns
            known.speech = Speech(speech.key, speech.body, known.speech.thread_key, known.speech.broadcast)
            known.revision += 1
            known.set_aside = None

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        ready = [one for one in self._in_order() if self._is_due(one, now)]
        return [self._queued(one) for one in ready[:limit]]

    async def unsaid(self) -> list[Queued]:
        return [self._queued(one) for one in self._in_order() if one.address is None and self._waits(one)]

    async def leave_out(self, key: str, revision: int, reason: str) -> None:  # noqa: ARG002
        one = self._known(key)
        one.said_revision, one.next_try_at, one.tries = revision, None, 0

    async def begin(self, key: str, now: datetime) -> None:
        one = self._known(key)
        one.attempted_at = one.attempted_at or now
        one.tries += 1

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        one = self._known(key)
        one.address, one.said_revision, one.next_try_at = address, revision, edit_from
        one.attempted_at = one.set_aside = None
        one.tries = 0

    async def postpone(self, key: str, until: datetime, reason: str) -> None:  # noqa: ARG002
        self._known(key).next_try_at = until

    async def set_aside(self, key: str, reason: str) -> None:
        one = self._known(key)
        one.set_aside, one.next_try_at, one.tries = reason, None, 0

    async def address(self, key: str) -> Address | None:
        return self.speeches[key].address if key in self.speeches else None

    async def stuck(self) -> Sequence[tuple[str, str]]:
        reasons = ((one.speech.key, self._why_stuck(one)) for one in self._in_order())
        return [(key, reason) for key, reason in reasons if reason is not None]

    def _in_order(self) -> list[Waiting]:
        return sorted(self.speeches.values(), key=lambda one: one.turn)

    def _is_due(self, one: Waiting, now: datetime) -> bool:
        if not self._waits(one):
            return False
        if one.next_try_at is not None and one.next_try_at > now:
            return False
        return one.address is not None or not one.speech.thread_key or self._is_next_in_thread(one)

    def _waits(self, one: Waiting) -> bool:
        return one.said_revision < one.revision and one.set_aside is None

    def _is_next_in_thread(self, one: Waiting) -> bool:
        root = self._root(one)
        siblings = (other for other in self.speeches.values() if other.speech.thread_key == one.speech.thread_key)
        unsaid = (other.turn for other in siblings if other.address is None and self._waits(other))
        return root is not None and root.address is not None and one.turn == min(unsaid)

    def _why_stuck(self, one: Waiting) -> str | None:
        root = self._root(one)
        if one.set_aside is None and one.address is None and root is not None and root.address is None:
            return root.set_aside
        return one.set_aside

    def _root(self, one: Waiting) -> Waiting | None:
        return self.speeches.get(one.speech.thread_key)

    def _queued(self, one: Waiting) -> Queued:
        root = self._root(one)
        return Queued(
            speech=one.speech,
            revision=one.revision,
            created_at=one.created_at,
            address=one.address,
            thread=root.address if root else None,
            attempted_at=one.attempted_at,
            tries=one.tries,
        )

    def _known(self, key: str) -> Waiting:
        if key not in self.speeches:
            raise NotFound("store", f"no speech has the key {key}")
        return self.speeches[key]
