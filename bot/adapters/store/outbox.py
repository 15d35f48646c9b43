"""SqlOutbox: bot.ports.Outbox on the database, and the one way into it.

A speech whose thread's first message is set aside before it ever stood is set aside with it, for its reason.
Another body revives a speech that was set aside: what Slack refused was the old one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.database import SYSTEM, Database, to_its_end
from bot.adapters.store.tables import outbox
from bot.adapters.store.upsert import insert
from bot.errors import NotFound
from bot.model import Address, Queued, Speech

_ROOT = outbox.alias("root")


async def enqueue(connection: AsyncConnection, speeches: Sequence[Speech], now: datetime) -> None:
    """Record what is to be said, in this order; the same again changes nothing, another body is a new revision.

    What already waits keeps its turn; what has been said takes a new one, to be edited.
    """
    next_turn = select(func.coalesce(func.max(outbox.c.turn), 0) + 1).scalar_subquery()
    for speech in speeches:
        new = insert(connection, outbox).values(_fresh(speech, now) | {"turn": next_turn})
        said = outbox.c.said_revision == outbox.c.revision
        changed = {
            "body": new.excluded.body,
            "revision": outbox.c.revision + 1,
            "turn": case((said, new.excluded.turn), else_=outbox.c.turn),
            "set_aside": null(),
        }
        differs = outbox.c.body != new.excluded.body
        await connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=changed, where=differs))


def _fresh(speech: Speech, now: datetime) -> dict[str, Any]:
    return {
        "key": speech.key,
        "thread_key": speech.thread_key,
        "broadcast": speech.broadcast,
        "body": speech.body,
        "revision": 1,
        "said_revision": 0,
        "created_at": now,
        "tries": 0,
    }


class SqlOutbox:
    """Speeches on their way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> list[Queued]:
        """What is to be posted or edited now, in the order recorded; of each thread at most the next reply."""
        return await self._waiting(
            _queued()
            .where(
                or_(outbox.c.next_try_at.is_(None), outbox.c.next_try_at <= now),
                or_(outbox.c.ts.is_not(None), outbox.c.thread_key == "", _next_in_thread()),
            )
            .limit(limit)
        )

    async def unsaid(self) -> list[Queued]:
        """Whatever does not stand anywhere yet and is to be posted, due or not, in the order recorded."""
        return await self._waiting(_queued().where(outbox.c.ts.is_(None)))

    async def leave_out(self, key: str, revision: int, reason: str) -> None:
        """It counts as said, and stands nowhere."""
        await self._change(key, said_revision=revision, postponed=reason, next_try_at=None, tries=0)

    async def begin(self, key: str, now: datetime) -> None:
        """A try is about to be made; of several without an outcome, the first one's time is kept."""
        first = func.coalesce(outbox.c.attempted_at, literal(now, outbox.c.attempted_at.type))
        await self._change(key, attempted_at=first, tries=outbox.c.tries + 1)

    async def done(self, key: str, revision: int, address: Address, edit_from: datetime | None = None) -> None:
        """It stands, and says what ``revision`` says; what it is to say next waits until ``edit_from``."""
        said = {"channel": address.channel, "ts": address.ts, "said_revision": revision}
        nothing_in_the_way = {"attempted_at": None, "postponed": None, "set_aside": None, "tries": 0}
        await self._change(key, **said, **nothing_in_the_way, next_try_at=edit_from)

    async def postpone(self, key: str, until: datetime, reason: str) -> None:
        """Not before ``until``."""
        await self._change(key, next_try_at=until, postponed=reason)

    async def set_aside(self, key: str, reason: str) -> None:
        """Kept with its reason, in nobody's way."""
        await self._change(key, set_aside=reason, next_try_at=None, tries=0)

    async def address(self, key: str) -> Address | None:
        """Where it stands, if it does."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(outbox.c.channel, outbox.c.ts).where(outbox.c.key == key))
            row = found.one_or_none()
            return rows.to_address(row.channel, row.ts) if row else None

    async def stuck(self) -> Sequence[tuple[str, str]]:
        """Key and reason of everything set aside, in the order recorded."""
        homeless = and_(outbox.c.ts.is_(None), _ROOT.c.ts.is_(None))
        reason = func.coalesce(outbox.c.set_aside, case((homeless, _ROOT.c.set_aside)))
        statement = (
            select(outbox.c.key, reason.label("reason"))
            .outerjoin(_ROOT, _ROOT.c.key == outbox.c.thread_key)
            .where(reason.is_not(None))
            .order_by(outbox.c.turn)
        )
        async with self._database.reading() as connection:
            return [(row.key, row.reason) for row in await connection.execute(statement)]

    async def _waiting(self, statement: Select[Any]) -> list[Queued]:
        async with self._database.reading() as connection:
            return [rows.to_queued(row) for row in await connection.execute(statement)]

    async def _change(self, key: str, **values: Any) -> None:
        await to_its_end(self._update(key, values))

    async def _update(self, key: str, values: Mapping[str, Any]) -> None:
        async with self._database.writing() as connection:
            changed = await connection.execute(update(outbox).where(outbox.c.key == key).values(values))
            if changed.rowcount == 0:
                raise NotFound(SYSTEM, f"no speech has the key {key}")


def _queued() -> Select[Any]:
    """What waits, with where its thread stands, in the order recorded."""
    return (
        select(outbox, _ROOT.c.channel.label("root_channel"), _ROOT.c.ts.label("root_ts"))
        .outerjoin(_ROOT, _ROOT.c.key == outbox.c.thread_key)
        .where(outbox.c.said_revision < outbox.c.revision, outbox.c.set_aside.is_(None))
        .order_by(outbox.c.turn)
    )


def _next_in_thread() -> ColumnElement[bool]:
    """A reply whose thread stands, and which no earlier one still has to precede."""
    earlier = outbox.alias("earlier")
    waits_for = exists().where(
        earlier.c.thread_key == outbox.c.thread_key,
        earlier.c.ts.is_(None),
        earlier.c.said_revision < earlier.c.revision,
        earlier.c.set_aside.is_(None),
        earlier.c.turn < outbox.c.turn,
    )
    return and_(_ROOT.c.ts.is_not(None), ~waits_for)
