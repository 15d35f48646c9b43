"""Asks many clusters at once. For a cluster that does not answer, the result says so; the other clusters are not
affected."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import structlog

from bot.errors import DependencyError
from bot.fleet.status.board import Silent
from bot.services import Services

_Answer = TypeVar("_Answer")

_log = structlog.get_logger(__name__)


async def ask_all(
    ask: Callable[[str], Awaitable[_Answer]], clusters: Sequence[str], services: Services
) -> list[_Answer | Silent]:
    """One answer for each cluster, in the order of ``clusters``. ``ask`` has its own time limit. A DependencyError
    gives a ``Silent``; any other exception is raised."""
    answers = await asyncio.gather(*(ask(cluster) for cluster in clusters), return_exceptions=True)
    failures = (answer for answer in answers if isinstance(answer, BaseException))
    bug = next((failure for failure in failures if not isinstance(failure, DependencyError)), None)
    if bug is not None:
        raise bug
    last_seen = await _last_seen(services) if any(isinstance(answer, DependencyError) for answer in answers) else {}
    results: list[_Answer | Silent] = []
    for cluster, answer in zip(clusters, answers, strict=True):
        if isinstance(answer, DependencyError):
            _log.warning("cluster does not answer", cluster=cluster, reason=str(answer))
            hidden = len(services.config.clusters[cluster].customers)
            results.append(Silent(cluster, answer.why, last_seen.get(cluster), hidden, answer.system))
        elif not isinstance(answer, BaseException):
            results.append(answer)
    return results


async def _last_seen(services: Services) -> Mapping[str, datetime]:
    try:
        return await services.journal.last_seen()
    except DependencyError as exc:
        _log.warning("journal does not answer", reason=str(exc))
        return {}
