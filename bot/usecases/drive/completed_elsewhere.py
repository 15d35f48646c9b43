"""Finds out whether someone else has run a sequence's next window while the sequence was still at earlier ones."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, NotFound, Unavailable
from bot.fleet.runs.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref
from bot.services import Services

# Each for run history and cluster: the activity then starts the window, and has 20 s in all (activity_stubs).
TIME_LIMIT = timedelta(seconds=5)

_log = structlog.get_logger(__name__)

_Predicate = Callable[[Execution], bool]


async def find_completed_run(
    cluster: str, days: Identity, between: tuple[datetime, datetime], services: Services
) -> Ref | None:
    """The run that completed all these days ``between`` the two times; None when there is none.

    The run history is only as fresh as the latest pass, and its store may not answer: unless it has such a run, ask
    the cluster. Raises Unavailable when the cluster does not answer: without knowing, the days must not run again.
    """

    def matches(run: Execution) -> bool:
        return _completes(run, days, between, services)

    recorded = await _find_in_history(cluster, matches, services)
    try:
        async with asyncio.timeout(TIME_LIMIT.total_seconds()):
            if recorded and await _is_still_completed(recorded, services):
                return recorded
            return await _find_on_cluster(cluster, matches, between[0], services)
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else "no answer in time"
        _log.warning("not known whether it was run meanwhile", cluster=cluster, days=str(days), reason=why)
        raise Unavailable(cluster, f"not known whether somebody else has run these days meanwhile: {why}") from exc


async def _find_in_history(cluster: str, matches: _Predicate, services: Services) -> Ref | None:
    try:
        async with asyncio.timeout(TIME_LIMIT.total_seconds()):
            recalled = await services.ledger.recall(cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("ledger not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return None
    return next((run.ref for run in recalled.executions if matches(run)), None)


async def _is_still_completed(ref: Ref, services: Services) -> bool:
    """Temporal overrules the run history, unless it has removed the run meanwhile."""
    try:
        latest = await services.clusters[ref.cluster].engine.describe(ref)
    except NotFound:
        return True
    return latest.execution.status is ExecutionStatus.COMPLETED


async def _find_on_cluster(cluster: str, matches: _Predicate, since: datetime, services: Services) -> Ref | None:
    types, engine = services.config.counted_types(cluster), services.clusters[cluster].engine
    listed = await engine.changed_executions(types, since, TIME_LIMIT)
    ref = next((run.ref for run in listed.executions if matches(run)), None)
    if ref is None and listed.rest_until is not None:
        raise Unavailable(cluster, f"{len(listed.executions):,} runs listed in {TIME_LIMIT.seconds} s, not all")
    return ref


def _completes(run: Execution, days: Identity, between: tuple[datetime, datetime], services: Services) -> bool:
    since, until = between
    if run.status is not ExecutionStatus.COMPLETED or run.closed_at is None or not since < run.closed_at < until:
        return False
    if run.workflow_type not in services.config.counted_types(run.ref.cluster):
        return False
    identity = services.recogniser.identify(run)
    return identity is not None and identity.customer == days.customer and identity.window.contains(days.window)
