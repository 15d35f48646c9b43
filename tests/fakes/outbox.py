"""FakeOutbox: an outbox in memory, tested against the contract of ``bot.ports.Outbox``."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import NotFound
from bot.fleet.notifications.pages import RESOLVED
from bot.fleet.notifications.priority import Priority, priority_of
from bot.model import LONGEST_WAIT, MIN_EDIT_INTERVAL, WEBHOOK, Address, OutboxMessage, Queued


@dataclass
class Row:
    """One row of the outbox."""

    message: OutboxMessage
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
    """Rows by key; the journal calls ``enqueue`` with an entry's messages."""

    messages: dict[str, Row] = field(default_factory=dict)
    turns: int = 0

    def enqueue(self, message: OutboxMessage, now: datetime) -> None:
        """Record a message, or a new body of it."""
        row = self.messages.get(message.key)
        if row is None:
            self.turns += 1
            self.messages[message.key] = Row(message, self.turns, now)
        elif row.message.body != message.body:
            if row.said_revision == row.revision:
                self.turns += 1
                row.turn = self.turns
                row.created_at = now
            row.message = replace(row.message, body=message.body)
            row.revision += 1
            row.set_aside = row.set_aside_at = None
            if row.postponed and (row.attempted_at is None or row.address is not None):
                row.tries, row.next_try_at = 0, None

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        due = (row for row in self._in_order() if self._is_due(row, now) and not _is_page(row))
        ready = sorted(due, key=self._priority)
        posts = [row for row in ready if row.address is None][:limit]
        edits = [row for row in ready if row.address is not None][:limit]
        return [self._queued(row) for row in ready if row in posts or row in edits]

    async def due_pages(self, now: datetime, limit: int) -> list[Queued]:
        due = [row for row in self._in_order() if _is_page(row) and self._is_due(row, now)]
        return [self._queued(row) for row in due[:limit]]

    async def open_pages(self) -> list[Queued]:
        pages = (row for row in self._in_order() if _is_page(row) and row.set_aside is None)
        return [self._queued(row) for row in pages if not row.message.body.endswith(RESOLVED)]

    async def undelivered(self) -> list[Queued]:
        unposted = (row for row in self._in_order() if row.address is None and not _is_page(row))
        return [self._queued(row) for row in unposted if self._waits(row)]

    async def posted(self, prefix: str, kind: str = "", since: datetime | None = None) -> list[Queued]:
        return [
            self._queued(row)
            for key, row in sorted(self.messages.items())
            if key.startswith(prefix)
            and row.address is not None
            and row.message.body.endswith(f'"kind":"{kind}"}}' if kind else "")
            and (since is None or row.created_at >= since)
        ]

    async def discard_stale(self, key: str, revision: int, reason: str) -> None:  # noqa: ARG002
        row = self._row(key)
        row.said_revision, row.next_try_at, row.tries = revision, None, 0

    async def begin_attempt(self, queued: Queued, now: datetime) -> Queued | None:
        row = self.messages.get(queued.message.key)
        if row is None or not self._waits(row) or replace(self._queued(row), thread=queued.thread) != queued:
            return None
        row.attempted_at = now if now != queued.attempted_at else now + timedelta(microseconds=1)
        return replace(queued, attempted_at=row.attempted_at)

    async def clear_attempt(self, begun: Queued) -> None:
        row = self.messages.get(begun.message.key)
        if row is not None and row.attempted_at == begun.attempted_at:
            row.attempted_at = None

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        row = self._row(key)
        row.address, row.said_revision, row.next_try_at = address, revision, edit_from
        self._reset_failures(row)

    async def postpone(self, key: str, until: datetime, reason: str, tries: int) -> None:
        row = self._row(key)
        row.next_try_at, row.postponed, row.tries = until, reason, tries

    async def mark_thread_missing(self, key: str, reason: str) -> None:
        row = self._row(key)
        row.next_try_at, row.postponed, row.threads = None, reason, row.threads + 1

    async def dead_letter(self, key: str, revision: int, reason: str, now: datetime) -> None:
        row = self.messages.get(key)
        if row is not None and row.revision == revision:
            row.set_aside, row.set_aside_at, row.next_try_at, row.tries = reason, now, None, 0

    async def mark_deleted(self, key: str, address: Address, now: datetime) -> None:
        row = self.messages.get(key)
        if row is not None and row.address == address:
            row.address, row.said_revision, row.created_at, row.next_try_at = None, 0, now, None
            self._reset_failures(row)

    async def outdate(self, key: str, address: Address, now: datetime) -> None:
        row = self.messages.get(key)
        if row and row.address == address and row.said_revision == row.revision and row.set_aside is None:
            row.said_revision, row.created_at = 0, now

    async def redirect(self, key: str, destination: str) -> None:
        row = self.messages.get(key)
        if row is not None and row.address is None:
            row.message, row.next_try_at = replace(row.message, destination=destination), None

    async def get(self, key: str) -> Queued | None:
        return self._queued(self.messages[key]) if key in self.messages else None

    async def address(self, key: str) -> Address | None:
        return self.messages[key].address if key in self.messages else None

    async def posted_at(self, address: Address) -> Queued | None:
        return next((self._queued(row) for row in self._in_order() if row.address == address), None)

    async def dead_letters(self, since: datetime) -> Sequence[tuple[str, str]]:
        pairs = ((row.message.key, self._dead_letter(row)) for row in self._in_order())
        return [
            (key, row.set_aside) for key, row in pairs if row and row.set_aside and self._dead_since(row) >= since
        ]

    async def overdue(self, before: datetime) -> Sequence[tuple[str, str]]:
        waiting = [row for row in self._in_order() if self._waits(row) and row.created_at < before]
        return [(row.message.key, row.postponed) for row in waiting if self._dead_letter(row) is None]

    def _in_order(self) -> list[Row]:
        return sorted(self.messages.values(), key=lambda row: row.turn)

    def _is_due(self, row: Row, now: datetime) -> bool:
        if not self._waits(row):
            return False
        if row.next_try_at is not None:
            longest = LONGEST_WAIT if row.postponed else MIN_EDIT_INTERVAL
            if now < row.next_try_at <= now + longest:
                return False
        return row.address is not None or not row.message.thread_key or self._is_next_in_thread(row)

    def _priority(self, row: Row) -> Priority:
        waiting = [other for other in self.messages.values() if other.address is None and self._waits(other)]
        behind = [other for other in waiting if row.address is None and self._waits_for(other, row)]
        return min(priority_of(each.message) for each in (row, *behind))

    def _waits_for(self, row: Row, other: Row) -> bool:
        """Whether this row cannot be posted before the other one."""
        thread = row.message.thread_key
        is_behind = thread == other.message.thread_key and row.turn > other.turn
        return bool(thread) and (thread == other.message.key or is_behind)

    def _waits(self, row: Row) -> bool:
        return row.said_revision < row.revision and row.set_aside is None

    def _is_next_in_thread(self, row: Row) -> bool:
        root = self._root(row)
        siblings = (other for other in self.messages.values() if other.message.thread_key == row.message.thread_key)
        undelivered = (other.turn for other in siblings if other.address is None and self._waits(other))
        return root is not None and root.address is not None and row.turn == min(undelivered)

    def _dead_letter(self, row: Row) -> Row | None:
        """The dead letter that keeps this row from being posted: itself, or the first message of its thread."""
        root = self._root(row)
        if row.set_aside is None and row.address is None and root is not None and root.address is None:
            return root if root.set_aside and self._waits(row) else None
        return row if row.set_aside else None

    def _dead_since(self, row: Row) -> datetime:
        assert row.set_aside_at is not None
        return row.set_aside_at

    def _reset_failures(self, row: Row) -> None:
        row.attempted_at = row.set_aside = row.set_aside_at = None
        row.postponed, row.tries, row.threads = "", 0, 0

    def _root(self, row: Row) -> Row | None:
        return self.messages.get(row.message.thread_key)

    def _queued(self, row: Row) -> Queued:
        root = self._root(row)
        return Queued(
            message=row.message,
            revision=row.revision,
            created_at=row.created_at,
            address=row.address,
            thread=root.address if root else None,
            attempted_at=row.attempted_at,
            tries=row.tries,
            threads=row.threads,
        )

    def _row(self, key: str) -> Row:
        if key not in self.messages:
            raise NotFound("store", f"no message has the key {key}")
        return self.messages[key]


def _is_page(row: Row) -> bool:
    return row.message.destination.startswith(WEBHOOK)
