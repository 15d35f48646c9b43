"""How long the journal keeps the observations of runs."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import episodes, observations

# An observation of a closed run no longer changes. It is deleted this long after its last update, whenever other
# observations are recorded.
OBSERVATIONS_KEPT = timedelta(days=30)


async def prune_observations(connection: AsyncConnection, now: datetime) -> None:
    """Delete the observations of closed runs that are no longer needed."""
    struggling = exists().where(
        episodes.c.is_open,
        episodes.c.cluster == observations.c.cluster,
        episodes.c.workflow_id == observations.c.workflow_id,
        episodes.c.run_id == observations.c.run_id,
    )
    untouched = observations.c.touched_at < now - OBSERVATIONS_KEPT
    await connection.execute(delete(observations).where(untouched, ~struggling))
