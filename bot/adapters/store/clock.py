"""The clock that all bots on one store share."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.columns import UtcDateTime


async def shared_clock(connection: AsyncConnection, now: datetime) -> datetime:
    """PostgreSQL's own clock, because its clients run on different machines. All clients of an SQLite file run on one
    machine, and share the clock that ``now`` was read from."""
    if connection.dialect.name == "sqlite":
        return now
    # Not now(), the start of the transaction, which may have waited for its lock since.
    return await connection.scalar(select(func.clock_timestamp(type_=UtcDateTime))) or now
