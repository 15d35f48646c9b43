"""SqlLease: bot.ports.Lease on the database, as one row that is compared and set in one statement."""

from datetime import datetime

from sqlalchemy import delete, or_, select

from bot.adapters.store.clock import shared_clock
from bot.adapters.store.database import Database, to_its_end
from bot.adapters.store.tables import leases
from bot.adapters.store.upsert import insert

_LEADER = "leader"


class SqlLease:
    """The right to lead."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take it, or keep it; False while another one holds it."""
        return await to_its_end(self._hold(holder, now, until))

    async def _hold(self, holder: str, now: datetime, until: datetime) -> bool:
        async with self._database.writing() as connection:
            at = await shared_clock(connection, now)
            mine = insert(connection, leases).values(name=_LEADER, holder=holder, until=at + (until - now))
            taken = mine.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": mine.excluded.holder, "until": mine.excluded.until},
                where=or_(leases.c.holder == holder, leases.c.until <= at),
            )
            return await connection.scalar(taken.returning(leases.c.name)) is not None

    async def give_back(self, holder: str) -> None:
        """Let another one have it at once. It harms nobody when that comes later than its asker thinks: a holder who
        gives it back has retired."""
        await self._database.whole(self._give_back(holder))

    async def _give_back(self, holder: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(leases).where(leases.c.name == _LEADER, leases.c.holder == holder))

    async def holder(self) -> str:
        """Who took it last, until it is given back."""
        async with self._database.reading() as connection:
            return await connection.scalar(select(leases.c.holder).where(leases.c.name == _LEADER)) or ""
