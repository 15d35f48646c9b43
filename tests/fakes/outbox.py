"""FakeOutbox: speeches on their way, in memory, held to the contract of ``bot.ports.Outbox`` by tests/adapters."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import NotFound
from bot.model import LONGEST_WAIT, MIN_EDIT_INTERVAL, Address, OutboxMessage, Queued


@dataclass
class Waiting:
    """One speech and how far it has come."""

    speech: OutboxMessage
    turn: int
    created_at: datetime
    revision: int = 1
    said_revision: int = 0
    address: Address | None = None
    attempted_at: datetime | None = None
    tries: int = 0
    threads: int = 0
    next_try_at: datetime | None = None
    postponed: str = ""
    set_aside: str | None = None
    set_aside_at: datetime | None = None


@dataclass
class FakeOutbox:
    """Speeches by key; ``enqueue`` is what a journal does with an entry's speeches."""

    messages: dict[str, Waiting] = field(default_factory=dict)
    turns: int = 0

    def enqueue(self, speech: OutboxMessage, now: datetime) -> None:
        """Record what is to be said."""
        known = self.messages.get(speech.key)
        if known is None:
            self.turns += 1
            self.messages[speech.key] = Waiting(speech, self.turns, now)
        elif known.speech.body != speech.body:
            if known.said_revision == known.revision:
                self.turns += 1
                known.turn = self.turns
                known.created_at = now
            known.speech = OutboxMessage(speech.key, speech.body, known.speech.thread_key, known.speech.broadcast)
            known.revision += 1
            known.set_aside = known.set_aside_at = None
            if known.postponed and (known.attempted_at is None or known.address is not None):
                known.tries, known.next_try_at = 0, None

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        ready = [one for one in self._in_order() if self._is_due(one, now)]
        return [self._queued(one) for one in ready[:limit]]

    async def undelivered(self) -> list[Queued]:
        return [self._queued(one) for one in self._in_order() if one.address is None and self._waits(one)]

    async def posted(self, prefix: str, kind: str = "", since: datetime | None = None) -> list[Queued]:
        return [
            self._queued(one)
            for key, one in sorted(self.messages.items())
            if key.startswith(prefix)
            and one.address is not None
            and one.speech.body.endswith(f'"kind":"{kind}"}}' if kind else "")
            and (since is None or one.created_at >= since)
        ]

    async def discard_stale(self, key: str, revision: int, reason: str) -> None:  # noqa: ARG002
        one = self._known(key)
        one.said_revision, one.next_try_at, one.tries = revision, None, 0

    async def begin_attempt(self, queued: Queued, now: datetime) -> Queued | None:
        one = self.messages.get(queued.speech.key)
        if one is None or not self._waits(one) or replace(self._queued(one), thread=queued.thread) != queued:
            return None
        one.attempted_at = now if now != queued.attempted_at else now + timedelta(microseconds=1)
        return replace(queued, attempted_at=one.attempted_at)

    async def clear_attempt(self, begun: Queued) -> None:
        one = self.messages.get(begun.speech.key)
        if one is not None and one.attempted_at == begun.attempted_at:
            one.attempted_at = None

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        one = self._known(key)
        one.address, one.said_revision, one.next_try_at = address, revision, edit_from
        self._clear(one)

    async def postpone(self, key: str, until: datetime, reason: str, tries: int) -> None:
        one = self._known(key)
        one.next_try_at, one.postponed, one.tries = until, reason, tries

    async def mark_thread_missing(self, key: str, reason: str) -> None:
        one = self._known(key)
        one.next_try_at, one.postponed, one.threads = None, reason, one.threads + 1

    async def dead_letter(self, key: str, revision: int, reason: str, now: datetime) -> None:
        one = self.messages.get(key)
        if one is not None and one.revision == revision:
            one.set_aside, one.set_aside_at, one.next_try_at, one.tries = reason, now, None, 0

    async def mark_deleted(self, key: str, address: Address, now: datetime) -> None:
        one = self.messages.get(key)
        if one is not None and one.address == address:
            one.address, one.said_revision, one.created_at, one.next_try_at = None, 0, now, None
            self._clear(one)

    async def get(self, key: str) -> Queued | None:
        return self._queued(self.messages[key]) if key in self.messages else None

    async def address(self, key: str) -> Address | None:
        return self.messages[key].address if key in self.messages else None

    async def dead_letters(self, since: datetime) -> Sequence[tuple[str, str]]:
        found = ((one.speech.key, self._set_aside(one)) for one in self._in_order())
        return [(key, one.set_aside) for key, one in found if one and one.set_aside and self._at(one) >= since]

    async def overdue(self, before: datetime) -> Sequence[tuple[str, str]]:
        waiting = [one for one in self._in_order() if self._waits(one) and one.created_at < before]
        return [(one.speech.key, one.postponed) for one in waiting if self._set_aside(one) is None]

    def _in_order(self) -> list[Waiting]:
        return sorted(self.messages.values(), key=lambda one: one.turn)

    def _is_due(self, one: Waiting, now: datetime) -> bool:
        if not self._waits(one):
            return False
        if one.next_try_at is not None:
            longest = LONGEST_WAIT if one.postponed else MIN_EDIT_INTERVAL
            if now < one.next_try_at <= now + longest:
                return False
        return one.address is not None or not one.speech.thread_key or self._is_next_in_thread(one)

    def _waits(self, one: Waiting) -> bool:
        return one.said_revision < one.revision and one.set_aside is None

    def _is_next_in_thread(self, one: Waiting) -> bool:
        root = self._root(one)
        siblings = (other for other in self.messages.values() if other.speech.thread_key == one.speech.thread_key)
        undelivered = (other.turn for other in siblings if other.address is None and self._waits(other))
        return root is not None and root.address is not None and one.turn == min(undelivered)

    def _set_aside(self, one: Waiting) -> Waiting | None:
        """It, or the message that it would reply to, whichever was."""
        root = self._root(one)
        if one.set_aside is None and one.address is None and root is not None and root.address is None:
            return root if root.set_aside and self._waits(one) else None
        return one if one.set_aside else None

    def _at(self, one: Waiting) -> datetime:
        assert one.set_aside_at is not None
        return one.set_aside_at

    def _clear(self, one: Waiting) -> None:
        one.attempted_at = one.set_aside = one.set_aside_at = None
        one.postponed, one.tries, one.threads = "", 0, 0

    def _root(self, one: Waiting) -> Waiting | None:
        return self.messages.get(one.speech.thread_key)

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
            threads=one.threads,
        )

    def _known(self, key: str) -> Waiting:
        if key not in self.messages:
            raise NotFound("store", f"no speech has the key {key}")
        return self.messages[key]
