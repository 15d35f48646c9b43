"""How the journal finds audit records, episodes, observations and failures; and the deletion of old observations."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store.tables import audit, episodes, failures, observations
from bot.model import AuditOutcome, Ref

# A statement takes a limited number of parameters.
NAMES_AT_ONCE = 500
# An observation of a closed run no longer changes. It is deleted this long after its last update, whenever other
# observations are recorded.
OBSERVATIONS_KEPT = timedelta(days=30)
# Another episode of the same group of alerts.
_MATE = episodes.alias("mate")


def _about_runs(table: Table) -> ColumnElement[bool]:
    """The condition for rows about certain runs. Its parameters come from ``about``. If the condition compared only
    the tuples of cluster, workflow id and run id, SQLite would use no index and read the whole table. So the
    condition also compares clusters and workflow ids separately."""
    run = tuple_(table.c.cluster, table.c.workflow_id, table.c.run_id)
    wanted = {"clusters": table.c.cluster, "workflow_ids": table.c.workflow_id, "runs": run}
    return and_(*(key.in_(bindparam(name, expanding=True, type_=key.type)) for name, key in wanted.items()))


# Two statements with the parameters of ``about``. Every pass uses them, so they are built once.
OBSERVATIONS = (
    select(observations)
    .where(_about_runs(observations))
    .order_by(observations.c.workflow_id, observations.c.run_id, observations.c.activity_id)
)
FAILURES = (
    select(failures)
    .where(_about_runs(failures))
    .order_by(failures.c.attempt, failures.c.seen_at, failures.c.activity_id, failures.c.kind)
)


def about(refs: Collection[Ref]) -> dict[str, Any]:
    """The parameters with which ``OBSERVATIONS`` and ``FAILURES`` find what is recorded about these runs."""
    return {
        "clusters": list({ref.cluster for ref in refs}),
        "workflow_ids": [ref.workflow_id for ref in refs],
        "runs": [(ref.cluster, ref.workflow_id, ref.run_id) for ref in refs],
    }


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
    """Records that match ``others`` and are about this campaign or about no campaign in particular. If ``campaign``
    is "", ``others`` alone decides."""
    return and_(others, audit.c.campaign.in_(("", campaign))) if campaign else others


def needed_by_pass(cluster: str, since: datetime | None) -> ColumnElement[bool]:
    """The condition for the episodes that a pass over the cluster needs. These are the open episodes, the ended
    episodes that share a thread with an open one, and every episode that began at ``since`` or later."""
    shared = exists().where(_MATE.c.root_key == episodes.c.root_key, _MATE.c.is_open)
    recent = episodes.c.opened_at >= since if since else false()
    return and_(episodes.c.cluster == cluster, or_(episodes.c.is_open, shared, recent))


async def latest_of_each(
    names: Collection[str], commands: Collection[str], connection: AsyncConnection
) -> AsyncIterator[Row[Any]]:
    """For each of these customers, the latest record of any of these commands with the outcome DONE. A customer
    without such a record is left out. ``names`` are full names, and upper and lower case do not count: if customers
    differ only in case, each of them is found, with its own record."""
    folded = sorted({name.casefold() for name in names})
    is_done = and_(audit.c.command.in_(commands), audit.c.outcome == AuditOutcome.DONE.value)
    for first in range(0, len(folded), NAMES_AT_ONCE):
        about = audit.c.full_name.in_(folded[first : first + NAMES_AT_ONCE])
        newest = select(func.max(audit.c.id)).where(about, is_done).group_by(audit.c.cluster, audit.c.customer)
        for row in await connection.execute(select(audit).where(audit.c.id.in_(newest)).order_by(audit.c.id)):
            yield row


async def prune_observations(connection: AsyncConnection, now: datetime) -> None:
    """Delete the observations that no pass has updated for ``OBSERVATIONS_KEPT``, unless their run has an open
    episode."""
    struggling = exists().where(
        episodes.c.is_open,
        episodes.c.cluster == observations.c.cluster,
        episodes.c.workflow_id == observations.c.workflow_id,
        episodes.c.run_id == observations.c.run_id,
    )
    untouched = observations.c.touched_at < now - OBSERVATIONS_KEPT
    await connection.execute(delete(observations).where(untouched, ~struggling))
