"""SqlDeliveries: bot.ports.Deliveries on the database, with a row for each recent delivery from Slack."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.clock import shared_clock
from bot.adapters.store.database import Database
from bot.adapters.store.tables import deliveries
from bot.adapters.store.upsert import insert

# Slack repeats an unacknowledged event up to 6 minutes later (docs/slack-facts.md#http-mode).
DELIVERIES_KEPT = timedelta(minutes=10)


class SqlDeliveries:
    """What Slack has delivered within the last ``DELIVERIES_KEPT``, by id, so that a repeated delivery is
    recognised."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_time(self, delivery: str, now: datetime) -> bool:
        """Record the delivery. Returns False if it was recorded before."""

        async def note(connection: AsyncConnection) -> bool:
            at = await shared_clock(connection, now)
            await connection.execute(delete(deliveries).where(deliveries.c.seen_at <= at - DELIVERIES_KEPT))
            new = insert(connection, deliveries).values(id=delivery, seen_at=at).on_conflict_do_nothing()
            return await connection.scalar(new.returning(deliveries.c.id)) is not None

        return await self._database.write(note)
