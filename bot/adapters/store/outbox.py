"""SqlOutbox: bot.ports.Outbox on the database; and ``enqueue``, the only way to add messages.

When the root message of a thread becomes a dead letter without ever having been posted, its replies count as dead
letters with the same reason. A dead letter with a new body is tried again, because Slack has refused only the old
body.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.database import SYSTEM, Database
from bot.adapters.store.outbox_queries import IS_PAGE, ROOT, all_messages, due_messages, due_pages, waiting_messages
from bot.adapters.store.tables import outbox
from bot.adapters.store.upsert import insert, proposed
from bot.errors import NotFound
from bot.fleet.notifications.pages import RESOLVED
from bot.fleet.notifications.priority import suffix
from bot.model import Address, OutboxMessage, Queued

_TICK = timedelta(microseconds=1)
_NO_FAILURES = {
    "attempted_at": None,
    "postponed": None,
    "set_aside": None,
    "set_aside_at": None,
    "tries": 0,
    "threads": 0,
}


async def enqueue(connection: AsyncConnection, messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Record messages in this order. A known message with the same body stays as it is; another body is a new
    revision.

    A message that still waits keeps its turn in the queue; a posted message gets a new turn, for its edit. If Slack
    has refused the old body, the new body is due at once, and its tries are counted from 0.
    """
    next_turn = select(func.coalesce(func.max(outbox.c.turn), 0) + 1).scalar_subquery()
    for message in messages:
        new = insert(connection, outbox).values(_new_row(message, now) | {"turn": next_turn})
        is_posted = outbox.c.said_revision == outbox.c.revision
        # Slack has not refused an edit that waits for its minimum interval, nor a message whose attempt may still be
        # going on.
        has_outcome = or_(outbox.c.attempted_at.is_(None), outbox.c.ts.is_not(None))
        refused = and_(outbox.c.postponed.is_not(None), has_outcome)
        changed = {
            "body": proposed(outbox).body,
            "revision": outbox.c.revision + 1,
            "turn": case((is_posted, proposed(outbox).turn), else_=outbox.c.turn),
            "created_at": case((is_posted, proposed(outbox).created_at), else_=outbox.c.created_at),
            "set_aside": null(),
            "set_aside_at": null(),
            "tries": case((refused, 0), else_=outbox.c.tries),
            "next_try_at": case((refused, null()), else_=outbox.c.next_try_at),
        }
        differs = outbox.c.body != proposed(outbox).body
        await connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=changed, where=differs))


def _new_row(message: OutboxMessage, now: datetime) -> dict[str, Any]:
    return {
        "key": message.key,
        "thread_key": message.thread_key,
        "broadcast": message.broadcast,
        "destination": message.destination,
        "body": message.body,
        "revision": 1,
        "said_revision": 0,
        "created_at": now,
        "tries": 0,
    }


class SqlOutbox:
    """See ``bot.ports.Outbox``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        """The messages to post or edit now, at most ``limit`` of each (``outbox_queries.due_messages``)."""
        return await self._fetch(due_messages(now, limit))

    async def due_pages(self, now: datetime, limit: int) -> list[Queued]:
        """The messages for webhooks to send now (``outbox_queries.due_pages``)."""
        return await self._fetch(due_pages(now, limit))

    async def open_pages(self) -> list[Queued]:
        """The messages for webhooks, without dead letters and without messages that say an alert is resolved."""
        unresolved = ~outbox.c.body.endswith(RESOLVED, autoescape=True)
        return await self._fetch(all_messages().where(IS_PAGE, outbox.c.set_aside.is_(None), unresolved))

    async def undelivered(self) -> list[Queued]:
        """The messages for Slack that are still to be posted, in the order recorded. Dead letters are not among
        them."""
        return await self._fetch(waiting_messages().where(outbox.c.ts.is_(None), ~IS_PAGE))

    async def posted(self, prefix: str, kind: str = "", since: datetime | None = None) -> list[Queued]:
        """The posted messages whose key begins with ``prefix``. ``kind`` selects those of one kind. ``since`` selects
        those whose wait for their latest post or edit began at ``since`` or later."""
        has_prefix = outbox.c.key.startswith(prefix, autoescape=True)
        is_kind = outbox.c.body.endswith(suffix(kind), autoescape=True) if kind else true()
        is_recent = outbox.c.created_at >= since if since else true()
        is_in_channel = outbox.c.ts.is_not(None)
        return await self._fetch(all_messages().where(has_prefix, is_in_channel, is_kind, is_recent))

    async def discard_stale(self, key: str, revision: int, reason: str) -> None:
        """Count this revision as sent, although Slack does not show it. Record ``reason``, unless the message has got
        a newer revision meanwhile, which still waits to be sent."""
        why = case((outbox.c.revision == revision, reason), else_=outbox.c.postponed)
        await self._change(key, said_revision=revision, postponed=why, next_try_at=None, tries=0)

    async def begin_attempt(self, queued: Queued, now: datetime) -> Queued | None:
        """Record that an attempt begins. Returns None if the row has changed since it was read."""
        # Each attempt gets its own time, even on a clock that stands still. So a row that was read earlier never
        # matches.
        at = now if now != queued.attempted_at else now + _TICK
        as_read = and_(
            outbox.c.key == queued.message.key,
            outbox.c.revision == queued.revision,
            outbox.c.said_revision < outbox.c.revision,
            outbox.c.set_aside.is_(None),
            outbox.c.tries == queued.tries,
            _equals(outbox.c.ts, queued.address.ts if queued.address else None),
            _equals(outbox.c.attempted_at, queued.attempted_at),
        )
        is_begun = await self._update(as_read, {"attempted_at": at})
        return replace(queued, attempted_at=at) if is_begun else None

    async def clear_attempt(self, begun: Queued) -> None:
        """Remove the record of this attempt, unless another attempt was recorded since."""
        this_try = and_(outbox.c.key == begun.message.key, _equals(outbox.c.attempted_at, begun.attempted_at))
        await self._update(this_try, {"attempted_at": None})

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        """Record that the message is posted at ``address`` and shows ``revision``; 0 if it may show an older body, so
        that an edit is due. Its next edit waits until ``edit_from``, if given."""
        posted = {"channel": address.channel, "ts": address.ts, "said_revision": revision}
        await self._change(key, **posted, **_NO_FAILURES, next_try_at=edit_from)

    async def postpone(self, key: str, until: datetime, reason: str, tries: int) -> None:
        """Let the next attempt wait until ``until``. ``reason`` is why the latest attempt failed."""
        await self._change(key, next_try_at=until, postponed=reason, tries=tries)

    async def mark_thread_missing(self, key: str, reason: str) -> None:
        """Count once more that this message or its thread was gone. Posting the message sets the count back to 0."""
        await self._change(key, next_try_at=None, postponed=reason, threads=outbox.c.threads + 1)

    async def dead_letter(self, key: str, revision: int, reason: str, now: datetime) -> None:
        """Make this revision a dead letter. A message that has got a new body meanwhile is not affected."""
        refused = and_(outbox.c.key == key, outbox.c.revision == revision)
        values = {"set_aside": reason, "set_aside_at": now, "next_try_at": None, "tries": 0}
        await self._update(refused, values)

    async def mark_deleted(self, key: str, address: Address, now: datetime) -> None:
        """Queue the deleted message again with its latest body, unless it has been posted elsewhere since."""
        at_address = and_(outbox.c.key == key, outbox.c.channel == address.channel, outbox.c.ts == address.ts)
        unposted = {"channel": None, "ts": None, "said_revision": 0, "created_at": now, "next_try_at": None}
        await self._update(at_address, unposted | _NO_FAILURES)

    async def outdate(self, key: str, address: Address, now: datetime) -> None:
        """Make the message at this address due for an edit, although Slack shows its latest body."""
        at_address = and_(outbox.c.key == key, outbox.c.channel == address.channel, outbox.c.ts == address.ts)
        is_latest = and_(outbox.c.said_revision == outbox.c.revision, outbox.c.set_aside.is_(None))
        await self._update(and_(at_address, is_latest), {"said_revision": 0, "created_at": now})

    async def redirect(self, key: str, destination: str) -> None:
        """Change the message's ``destination``, and make it due at once. Does nothing if it has been posted."""
        unposted = and_(outbox.c.key == key, outbox.c.ts.is_(None))
        await self._update(unposted, {"destination": destination, "next_try_at": None})

    async def get(self, key: str) -> Queued | None:
        """The message with this key, whether it waits or not."""
        async with self._database.reading() as connection:
            row = (await connection.execute(all_messages().where(outbox.c.key == key))).one_or_none()
            return rows.to_queued(row) if row else None

    async def address(self, key: str) -> Address | None:
        """The message's address; None if it is not posted."""
        async with self._database.reading() as connection:
            result = await connection.execute(select(outbox.c.channel, outbox.c.ts).where(outbox.c.key == key))
            row = result.one_or_none()
            return rows.to_address(row.channel, row.ts) if row else None

    async def posted_at(self, address: Address) -> Queued | None:
        """The message at this address; None if the outbox has none there."""
        is_there = and_(outbox.c.ts == address.ts, outbox.c.channel == address.channel)
        found = await self._fetch(all_messages().where(is_there))
        return found[0] if found else None

    async def dead_letters(self, since: datetime) -> Sequence[tuple[str, str]]:
        """The key and reason of each dead letter since ``since``, in the order recorded."""
        unposted = and_(outbox.c.ts.is_(None), ROOT.c.ts.is_(None), outbox.c.said_revision < outbox.c.revision)
        reason = func.coalesce(outbox.c.set_aside, case((unposted, ROOT.c.set_aside)))
        at = func.coalesce(outbox.c.set_aside_at, ROOT.c.set_aside_at)
        statement = (
            select(outbox.c.key, reason.label("reason"))
            .outerjoin(ROOT, ROOT.c.key == outbox.c.thread_key)
            .where(reason.is_not(None), at >= literal(since, outbox.c.set_aside_at.type))
            .order_by(outbox.c.turn)
        )
        async with self._database.reading() as connection:
            return [(row.key, row.reason) for row in await connection.execute(statement)]

    async def overdue(self, before: datetime) -> Sequence[tuple[str, str]]:
        """The messages that have waited since a time before ``before``: the key of each, and the reason why its
        latest attempt failed, or ""."""
        rest = or_(outbox.c.ts.is_not(None), ROOT.c.ts.is_not(None), ROOT.c.set_aside.is_(None))
        statement = waiting_messages().where(outbox.c.created_at < before, rest)
        async with self._database.reading() as connection:
            return [(row.key, row.postponed or "") for row in await connection.execute(statement)]

    async def _fetch(self, statement: Select[Any]) -> list[Queued]:
        async with self._database.reading() as connection:
            return [rows.to_queued(row) for row in await connection.execute(statement)]

    async def _change(self, key: str, **values: Any) -> None:
        if not await self._update(outbox.c.key == key, values):
            raise NotFound(SYSTEM, f"no message has the key {key}")

    async def _update(self, where: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        async def update_row(connection: AsyncConnection) -> bool:
            changed = await connection.execute(update(outbox).where(where).values(values))
            return changed.rowcount > 0

        return await self._database.write(update_row)


def _equals(column: Column[Any], value: object) -> ColumnElement[bool]:
    """Equality in which null equals null."""
    return column.is_not_distinct_from(literal(value, column.type))
