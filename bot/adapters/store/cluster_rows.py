"""What the journal records about a whole cluster: when it last answered, and since when the bot alerts for each
reason there."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import known_reasons, sightings
from bot.adapters.store.upsert import insert, keep, proposed
from bot.model import AlertReason, KnownReason

# Two passes over a cluster may overlap. Their times, by the clocks of two bots, differ by at most this.
LONGEST_OVERLAP = timedelta(minutes=5)


async def record_sightings(connection: AsyncConnection, seen: Mapping[str, datetime]) -> None:
    """Record when these clusters answered."""
    for cluster, at in seen.items():
        statement = insert(connection, sightings).values(cluster=cluster, at=at)
        newest = {"at": proposed(sightings).at}
        # Two passes may overlap, so the later time wins, whichever is written last. A stored time that is further
        # ahead than an overlap can explain is wrong, and is replaced.
        is_news = or_(proposed(sightings).at > sightings.c.at, sightings.c.at > at + LONGEST_OVERLAP)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["cluster"], set_=newest, where=is_news)
        )


async def last_sightings(connection: AsyncConnection) -> Mapping[str, datetime]:
    """When each cluster last answered."""
    result = await connection.execute(select(sightings.c.cluster, sightings.c.at))
    return {row.cluster: row.at for row in result}


async def record_known_reasons(connection: AsyncConnection, known: Iterable[KnownReason]) -> None:
    """Record these reasons, unless they are already recorded."""
    rows = [
        {"cluster": each.cluster, "reason": each.reason.value, "since": each.since, "older": each.older}
        for each in known
    ]
    await keep(connection, known_reasons, rows)


async def recorded_reasons(connection: AsyncConnection) -> tuple[KnownReason, ...]:
    """All recorded reasons. Leaves out reasons of a later version that this version does not have."""
    result = await connection.execute(select(known_reasons))
    return tuple(
        KnownReason(row.cluster, AlertReason(row.reason), row.since, row.older)
        for row in result
        if row.reason in set(AlertReason)
    )
