"""SqlSubscriptions: bot.ports.Subscriptions on the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, Update, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.database import Database
from bot.adapters.store.tables import subscriptions
from bot.adapters.store.upsert import insert
from bot.model import Subscription

_KEY = ("campaign", "cluster", "customer", "user_id")


class SqlSubscriptions:
    """Subscriptions in one table. The table is small: people ask for some customers, and the channel has at most one
    row for each cluster and one for the whole campaign, for each campaign and range of days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, subscription: Subscription) -> None:
        """See ``bot.ports.Subscriptions``."""

        async def write(connection: AsyncConnection) -> None:
            again = {"since": subscription.since, "told_at": None}
            statement = insert(connection, subscriptions).values(_key(subscription) | again)
            is_over = subscriptions.c.told_at.is_not(None)
            await connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=again, where=is_over))

        await self._database.write(write)

    async def waiting(self) -> Sequence[Subscription]:
        """See ``bot.ports.Subscriptions``."""
        return await self._read(subscriptions.c.told_at.is_(None))

    async def of(self, user_id: str) -> Sequence[Subscription]:
        """See ``bot.ports.Subscriptions``."""
        return await self._read(subscriptions.c.user_id == user_id)

    async def mark_notified(self, subscription: Subscription, now: datetime) -> None:
        """See ``bot.ports.Subscriptions``."""
        await self._execute(update(subscriptions).where(_is(subscription)).values(told_at=now))

    async def remove(self, subscription: Subscription) -> None:
        """See ``bot.ports.Subscriptions``."""
        await self._execute(delete(subscriptions).where(_is(subscription)))

    async def _execute(self, statement: Update | Delete) -> None:
        async def write(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write(write)

    async def _read(self, where: ColumnElement[bool]) -> Sequence[Subscription]:
        order = (subscriptions.c.since, *(subscriptions.c[name] for name in _KEY))
        async with self._database.reading() as connection:
            rows = await connection.execute(select(subscriptions).where(where).order_by(*order))
            return [_subscription(row) for row in rows]


def _key(subscription: Subscription) -> dict[str, Any]:
    values = subscription.campaign, subscription.cluster, subscription.customer, subscription.user_id
    return dict(zip(_KEY, values, strict=True))


def _is(subscription: Subscription) -> ColumnElement[bool]:
    return and_(*(subscriptions.c[name] == value for name, value in _key(subscription).items()))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(row.cluster, row.customer, row.user_id, row.since, row.campaign, row.told_at)
