"""SqlDialogs: bot.ports.Dialogs on the database, with a row for each dialog of the last hour."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.clock import shared_clock
from bot.adapters.store.database import Database
from bot.adapters.store.tables import dialogs
from bot.adapters.store.upsert import replace

# Nothing may be done on the basis of a proposal that was shown longer ago.
DIALOGS_KEPT = timedelta(hours=1)


class SqlDialogs:
    """The dialogs of the last ``DIALOGS_KEPT``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, dialog: str, body: str, now: datetime) -> None:
        """Keep the body, in place of an earlier one, and delete all bodies that are older than ``DIALOGS_KEPT``."""

        async def write(connection: AsyncConnection) -> None:
            at = await shared_clock(connection, now)
            await connection.execute(delete(dialogs).where(dialogs.c.kept_at <= at - DIALOGS_KEPT))
            await replace(connection, dialogs, [{"id": dialog, "body": body, "kept_at": at}])

        await self._database.write(write)

    async def recall(self, dialog: str, now: datetime) -> str | None:
        """The body that was kept last for this dialog; None if there is none, or if it is older than
        ``DIALOGS_KEPT``."""
        async with self._database.reading() as connection:
            at = await shared_clock(connection, now)
            recent = dialogs.c.kept_at > at - DIALOGS_KEPT
            body: str | None = await connection.scalar(select(dialogs.c.body).where(dialogs.c.id == dialog, recent))
            return body
