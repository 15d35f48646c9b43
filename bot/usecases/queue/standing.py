"""Reads the queue of a cluster, within the time that the cluster has for an answer."""

import asyncio

import structlog

from bot.errors import DependencyError
from bot.fleet.status.queue import QueueSilent
from bot.model.queue import QueueStanding
from bot.services import Services

_log = structlog.get_logger(__name__)


async def standing(cluster: str, services: Services) -> QueueStanding | QueueSilent | None:
    """The queue as it is now; None if none is open."""
    limit = services.config.watch.time_limit.total_seconds()
    try:
        async with asyncio.timeout(limit):
            return await services.clusters[cluster].queue.standing()
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else f"no answer within {limit:g} s"
        _log.warning("queue does not answer", cluster=cluster, reason=why)
        return QueueSilent(why)
