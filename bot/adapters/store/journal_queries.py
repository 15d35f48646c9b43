"""The conditions by which the journal finds audit records and episodes, and the deletion of old observations."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, false, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import audit, episodes, observations


def matches_name(name: str) -> ColumnElement[bool]:
    """Records about this customer, or about this cluster and everything on it. A full name is CLUSTER/CUSTOMER, and
    the name of a cluster contains no slash. "" matches all records."""
    if not name:
        return true()
    by_name = or_(audit.c.name == name, audit.c.full_name == name)
    if "/" in name:
        return by_name
    return or_(by_name, audit.c.full_name.startswith(f"{name}/", autoescape=True))


def matches_campaign(campaign: str, others: ColumnElement[bool]) -> ColumnElement[bool]:
    """``others`` as well, and about this campaign or about no campaign in particular; "" matches all campaigns."""
    return and_(others, audit.c.campaign.in_(("", campaign))) if campaign else others


def needed_by_pass(cluster: str, since: datetime | None) -> ColumnElement[bool]:
    """The cluster's open episodes, ended ones that share a group of alerts with an open one, and all opened since
    ``since``."""
    mate = episodes.alias("mate")
    shared = exists().where(mate.c.root_key == episodes.c.root_key, mate.c.is_open)
    recent = episodes.c.opened_at >= since if since else false()
    return and_(episodes.c.cluster == cluster, or_(episodes.c.is_open, shared, recent))


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
