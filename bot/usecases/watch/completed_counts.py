"""Counts what completed runs have written, without a question from a person: once for each run, and a second time if
the count differs.

The result is kept with the run. After a restart, only counts that failed are made again.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.computing import compute
from bot.fleet.verification.due_counts import DueCount, due_counts
from bot.model import AlertReason
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.verify import count_customer
from bot.usecases.watch.closed_runs import filled_days, runs_with_doubts
from bot.usecases.watch.state import WatchState

# A cluster's ClickHouse has other work to do.
AT_ONCE = 2
# At most this many runs are counted in one call, so that a slow ClickHouse delays the next call only a little.
MOST = 20
# A run that could not be counted or compared is tried again after this time.
AGAIN_AFTER = timedelta(hours=1)

_log = structlog.get_logger(__name__)


async def count_completed(state: WatchState, services: Services) -> None:
    """Count the runs that are due, oldest first. Raises DependencyError if the store does not answer."""
    cluster, reasons = state.cluster, services.config.reasons_on(state.cluster)
    has_source = any(table.expected for table in services.config.verify.tables)
    known = {each.reason: each.since for each in await services.journal.known_reasons() if each.cluster == cluster}
    since = known.get(AlertReason.MISMATCH)
    if not reasons.mismatch.on or not has_source or since is None or state.is_silent:
        return
    now = await cluster_time(cluster, services)
    runs = await runs_with_doubts(cluster, services)
    since -= services.now() - now
    if not await compute(due_counts, runs, {}, since, reasons.mismatch.settle, now):
        return
    filled = await filled_days(cluster, services)
    if filled is None:
        return
    due = await compute(due_counts, runs, filled, since, reasons.mismatch.settle, now)
    await _count([count for count in due if _is_to_be_tried(count, state, now)][:MOST], state, services, now)


async def _count(due: list[DueCount], state: WatchState, services: Services, now: datetime) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def count(each: DueCount) -> None:
        async with turns:
            await count_customer(state.cluster, each.customer, each.window, services)

    for each in due:
        state.counted[each] = now
    await asyncio.gather(*map(count, due))
    if due:
        _log.info("completed runs counted", cluster=state.cluster, runs=len(due))
        state.history_due = None


def _is_to_be_tried(count: DueCount, state: WatchState, now: datetime) -> bool:
    tried = state.counted.get(count)
    return tried is None or not timedelta(0) <= now - tried < AGAIN_AFTER
