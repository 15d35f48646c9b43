"""Reads the queue of a cluster, within the time that the cluster has for an answer."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.errors import DependencyError
from bot.fleet.name_lookup import Target
from bot.fleet.queue.campaigns import queued_names
from bot.fleet.queue.on_board import with_queue
from bot.fleet.runs.open_work import OpenWork, OpenWorkReport
from bot.fleet.status.board import ClusterRow
from bot.fleet.status.queue import QueueSilent
from bot.model.queue import QueueStanding
from bot.services import Services

_log = structlog.get_logger(__name__)


async def standing(cluster: str, services: Services) -> QueueStanding | QueueSilent | None:
    """The queue as it is now; None if none is open, and ``QueueSilent`` if it does not answer."""
    limit = services.config.watch.time_limit.total_seconds()
    try:
        async with asyncio.timeout(limit):
            return await services.clusters[cluster].queue.standing()
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else f"no answer within {limit:g} s"
        _log.warning("queue does not answer", cluster=cluster, reason=why)
        return QueueSilent(why)


def with_queue_of(row: ClusterRow, queue: QueueStanding | QueueSilent | None, services: Services) -> ClusterRow:
    """The cluster's row with this queue: customers of the campaign of these services get their places in it."""
    return with_queue(row, queue, services.view.scope if services.view else None)


async def with_queued(report: OpenWorkReport, clusters: Sequence[str], services: Services) -> OpenWorkReport:
    """The report, to which customers are added that have no open work but wait in the queues of these clusters. If a
    queue does not answer, ``silent`` names its cluster too."""
    asked = [cluster for cluster in clusters if cluster not in report.silent]
    standings = await asyncio.gather(*(standing(cluster, services) for cluster in asked))
    known = {work.target for work in report.open}
    found: list[OpenWork] = []
    silent = list(report.silent)
    for cluster, queue in zip(asked, standings, strict=True):
        if isinstance(queue, QueueSilent):
            silent.append(cluster)
        elif queue is not None:
            names = queued_names(queue.state, services.view.scope if services.view else None)
            targets = (Target(cluster, name) for name in sorted(names))
            found += [OpenWork(target, is_queued=True) for target in targets if target not in known]
    return OpenWorkReport((*report.open, *found), tuple(silent))
