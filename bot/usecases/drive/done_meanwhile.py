"""Finds who else has run a sequence's next window while the sequence was at earlier ones: a person, by hand, say."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.errors import SystemAnswer
from bot.fleet.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref
from bot.services import Services

# For want of an answer the window is run: in the same activity, which has 20 s for both (bot.sequences.calls).
LONGEST_LOOK = timedelta(seconds=5)

_log = structlog.get_logger(__name__)


async def done_meanwhile(
    cluster: str, days: Identity, between: tuple[datetime, datetime], services: Services
) -> Ref | None:
    """The run that has completed all these days in this time and that Temporal still tells; None when none is known,
    or nobody answers. The ledger is as fresh as the latest pass: what has completed since is run again."""
    try:
        async with asyncio.timeout(LONGEST_LOOK.total_seconds()):
            recalled = await services.ledger.recall(cluster)
            found = next((one for one in recalled.executions if _does(one, days, between, services)), None)
            if found is None:
                return None
            latest = await services.clusters[cluster].engine.describe(found.ref)
    except (SystemAnswer, TimeoutError) as exc:
        _log.warning("not known whether it was run meanwhile", cluster=cluster, days=str(days), reason=str(exc))
        return None
    return found.ref if latest.execution.status is ExecutionStatus.COMPLETED else None


def _does(run: Execution, days: Identity, between: tuple[datetime, datetime], services: Services) -> bool:
    since, until = between
    if run.status is not ExecutionStatus.COMPLETED or run.closed_at is None or not since < run.closed_at < until:
        return False
    known = services.recogniser.identify(run)
    return known is not None and known.customer == days.customer and known.window.contains(days.window)
