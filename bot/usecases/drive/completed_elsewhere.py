"""Finds who else has run a sequence's next window while the sequence was at earlier ones: a person, by hand, say."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError, NotFound, Unavailable
from bot.fleet.runs.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref
from bot.services import Services

# For each of ledger and cluster: the window is started in the same activity, which has 20 s (activity_stubs).
LONGEST_LOOK = timedelta(seconds=5)

_log = structlog.get_logger(__name__)

_Predicate = Callable[[Execution], bool]


async def completed_elsewhere(
    cluster: str, days: Identity, between: tuple[datetime, datetime], services: Services
) -> Ref | None:
    """The run that has completed all these days in this time, None when there is none.

    The ledger is as fresh as the latest pass, and may be away: unless it knows of such a run, the cluster is asked.
    Raises Unavailable when the cluster does not tell either: whoever does not know must not run the days again.
    """

    def does(run: Execution) -> bool:
        return _does(run, days, between, services)

    remembered = await _remembered(cluster, does, services)
    try:
        async with asyncio.timeout(LONGEST_LOOK.total_seconds()):
            if remembered and await _is_complete(remembered, services):
                return remembered
            return await _listed(cluster, does, between[0], services)
    except (DependencyError, TimeoutError) as exc:
        why = exc.why if isinstance(exc, DependencyError) else "no answer in time"
        _log.warning("not known whether it was run meanwhile", cluster=cluster, days=str(days), reason=why)
        raise Unavailable(cluster, f"not known whether somebody else has run these days meanwhile: {why}") from exc


async def _remembered(cluster: str, does: _Predicate, services: Services) -> Ref | None:
    try:
        async with asyncio.timeout(LONGEST_LOOK.total_seconds()):
            recalled = await services.ledger.recall(cluster)
    except (DependencyError, TimeoutError) as exc:
        _log.warning("ledger not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return None
    return next((run.ref for run in recalled.executions if does(run)), None)


async def _is_complete(ref: Ref, services: Services) -> bool:
    """What Temporal has forgotten since is what the ledger says: complete."""
    try:
        latest = await services.clusters[ref.cluster].engine.describe(ref)
    except NotFound:
        return True
    return latest.execution.status is ExecutionStatus.COMPLETED


async def _listed(cluster: str, does: _Predicate, since: datetime, services: Services) -> Ref | None:
    types, engine = services.config.workflow.types, services.clusters[cluster].engine
    listed = await engine.changed_executions(types, since, LONGEST_LOOK)
    found = next((run.ref for run in listed.executions if does(run)), None)
    if found is None and listed.rest_until is not None:
        raise Unavailable(cluster, f"{len(listed.executions):,} runs listed in {LONGEST_LOOK.seconds} s, not all")
    return found


def _does(run: Execution, days: Identity, between: tuple[datetime, datetime], services: Services) -> bool:
    since, until = between
    if run.status is not ExecutionStatus.COMPLETED or run.closed_at is None or not since < run.closed_at < until:
        return False
    known = services.recogniser.identify(run)
    return known is not None and known.customer == days.customer and known.window.contains(days.window)
