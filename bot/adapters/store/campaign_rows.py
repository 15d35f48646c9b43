"""What the journal keeps about campaigns that were opened, extended, closed or reopened from Slack."""

from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.database import SYSTEM
from bot.adapters.store.tables import campaigns
from bot.adapters.store.upsert import insert
from bot.errors import Conflict
from bot.model import CampaignDefinition, CampaignRecord

_DEFINITION: TypeAdapter[CampaignDefinition] = TypeAdapter(CampaignDefinition)


async def record_campaigns(connection: AsyncConnection, records: Iterable[CampaignRecord]) -> None:
    """Record these campaigns. Raises Conflict if one of them has been changed since it was read."""
    for record in records:
        row = {
            "name": record.name,
            "definition": _DEFINITION.dump_json(record.definition).decode() if record.definition else None,
            "changed_by": record.changed_by,
            "changed_at": record.changed_at,
            "closed_at": record.closed_at,
            "revision": record.revision + 1,
        }
        as_read = campaigns.c.name == record.name, campaigns.c.revision == record.revision
        change = update(campaigns).where(*as_read).values(row)
        unknown = insert(connection, campaigns).values(row).on_conflict_do_nothing()
        statement = (change if record.revision else unknown).returning(campaigns.c.name)
        if await connection.scalar(statement) is None:
            raise Conflict(SYSTEM, f"somebody else changed the campaign {record.name} meanwhile")


async def recorded_campaigns(connection: AsyncConnection) -> tuple[CampaignRecord, ...]:
    """All recorded campaigns, sorted by name."""
    result = await connection.execute(select(campaigns).order_by(campaigns.c.name))
    return tuple(
        CampaignRecord(
            name=row.name,
            definition=_DEFINITION.validate_json(row.definition) if row.definition else None,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
            closed_at=row.closed_at,
            revision=row.revision,
        )
        for row in result
    )
