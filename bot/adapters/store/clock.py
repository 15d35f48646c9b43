"""The clock that all bots on one store share."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.columns import UtcDateTime


async def shared_clock(connection: AsyncConnection, now: datetime) -> datetime:
    """PostgreSQL's own clock, because its clients run on different machines. For SQLite it is ``now``: all users of
    the file run on one machine, so they share its clock."""
    if connection.dialect.name == "sqlite":
        return now
    # clock_timestamp() and not now(): now() is the start of the transaction, which may have waited for a lock since.
    return await connection.scalar(select(func.clock_timestamp(type_=UtcDateTime))) or now
