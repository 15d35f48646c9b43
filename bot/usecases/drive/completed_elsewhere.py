"""Finds out whether somebody else has run a sequence's next window while the sequence was at earlier windows."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, NotFound, Unavailable
from bot.fleet.runs.close_facts import Unread, unread
from bot.fleet.runs.history import known_until
from bot.fleet.runs.identity import Identity
from bot.model import Execution, ExecutionStatus, RecordedRuns, Ref
from bot.services import Services
from bot.usecases.drive.completed_runs import CompletedRuns
from bot.usecases.observe.claims import doubt_about

HISTORY_LIMIT = timedelta(seconds=5)
# Long enough for two listings with the pauses between them (``completed_runs``), and for a few describes.
CLUSTER_LIMIT = timedelta(seconds=30)

_log = structlog.get_logger(__name__)


async def find_completed_run(
    days: Identity, between: tuple[datetime, datetime], completed: CompletedRuns, services: Services
) -> Ref | None:
    """The run that completed all these days ``between`` the two times; None if there is none.

    The run history is read first. A run in it counts if Temporal still reports the run as completed, or has removed
    it, and if the run is not in doubt. If no run there counts, the cluster lists its completed runs, because the run
    history may lack the latest ones, and the store may not answer.

    Raises Unavailable if the cluster does not answer, or if it is not known yet how a run of these days completed:
    while this is unknown, the days must not run again.
    """
    cluster = completed.cluster
    recalled = await _recall(cluster, days.customer, services)
    recorded = [run for run in recalled.executions if _completes(run, days, between, services)]
    since = max(between[0], known_until(recalled.reading, services.config.counted_types(cluster)) or between[0])
    try:
        async with asyncio.timeout(CLUSTER_LIMIT.total_seconds()):
            for run in recorded:
                if await _is_still_completed(run, services):
                    return run.ref
            listed = await completed.of(days.customer, since)
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else "no answer in time"
        _log.warning("not known whether it was run meanwhile", cluster=cluster, days=str(days), reason=why)
        raise Unavailable(cluster, f"not known whether somebody else has run these days meanwhile: {why}") from exc
    return await _first_certain(listed, days, between, services)


async def _first_certain(
    runs: Iterable[Execution], days: Identity, between: tuple[datetime, datetime], services: Services
) -> Ref | None:
    """The first matching run that is not in doubt. Raises Unavailable while it is unknown how a matching run
    completed."""
    for run in runs:
        if not _completes(run, days, between, services):
            continue
        if unread(run) is Unread.WAITS:
            raise Unavailable(run.ref.cluster, "not known yet how somebody else's run of these days completed")
        if not await doubt_about(run, services):
            return run.ref
    return None


async def _recall(cluster: str, customer: str, services: Services) -> RecordedRuns:
    """What the run history has of the customer; nothing if the store does not answer."""
    try:
        async with asyncio.timeout(HISTORY_LIMIT.total_seconds()):
            return await services.ledger.recall_customer(cluster, customer)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("run history not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return RecordedRuns()


async def _is_still_completed(run: Execution, services: Services) -> bool:
    """Whether Temporal also says that the run has completed, and nothing speaks against it. If Temporal has removed
    the run, the run history counts."""
    with suppress(NotFound):
        run = (await services.clusters[run.ref.cluster].engine.describe(run.ref)).execution
    return run.status is ExecutionStatus.COMPLETED and not await doubt_about(run, services)


def _completes(run: Execution, days: Identity, between: tuple[datetime, datetime], services: Services) -> bool:
    since, until = between
    if run.status is not ExecutionStatus.COMPLETED or run.closed_at is None or not since < run.closed_at < until:
        return False
    if run.workflow_type not in services.config.counted_types(run.ref.cluster):
        return False
    identity = services.recogniser.identify(run)
    if identity is None or not services.covers(run, identity):
        return False
    return identity.customer == days.customer and identity.window.contains(days.window)
