"""Reads the queue of a cluster, within the time that the cluster has for an answer."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.errors import DependencyError
from bot.fleet.name_lookup import Target
from bot.fleet.queue.campaigns import queued_names
from bot.fleet.queue.summary import summary
from bot.fleet.runs.open_work import OpenWork, OpenWorkReport
from bot.fleet.status.queue import QueuePlace, QueueSilent, QueueSummary, place_of
from bot.model.queue import QueueStanding
from bot.services import Services
from bot.usecases.display_names import names_of

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


async def summaries(clusters: Sequence[str], services: Services) -> Mapping[str, QueueSummary | QueueSilent]:
    """The open queue of each cluster, with people by name. A cluster without a queue is absent, and one whose queue
    does not answer has ``QueueSilent``."""
    standings = await asyncio.gather(*(standing(cluster, services) for cluster in clusters))
    found = {
        cluster: summary(each) if isinstance(each, QueueStanding) else each
        for cluster, each in zip(clusters, standings, strict=True)
        if each is not None
    }
    open_ones = {cluster: each for cluster, each in found.items() if isinstance(each, QueueSummary)}
    names = await names_of({each.paused_by for each in open_ones.values()} - {""}, services)
    named = {cluster: replace(each, paused_by=names.get(each.paused_by, "")) for cluster, each in open_ones.items()}
    return {**found, **named}


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


async def place(target: Target, services: Services) -> QueuePlace | QueueSilent | None:
    """The customer's place in the queue of its cluster, with people by name; None if it is not queued, and
    ``QueueSilent`` if the queue does not answer."""
    queue = await standing(target.cluster, services)
    if not isinstance(queue, QueueStanding):
        return queue
    found = place_of(queue.state, target.customer, services.view.scope if services.view else None)
    if found is None:
        return None
    names = await names_of({found.by, found.paused_by} - {""}, services)
    return replace(found, by=names.get(found.by, ""), paused_by=names.get(found.paused_by, ""))
