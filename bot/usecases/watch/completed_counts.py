"""Counts what completed runs have written, without being asked: once for each run, and a second time if the first
count differs.

The result is kept with the run. A count that failed is made again after a while. A count that was answered and can
prove nothing, because duplicates are not known or a table is not compared, is made again only after a restart.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.computing import compute
from bot.fleet.alerts.closed_runs import Filled
from bot.fleet.verification.due_counts import DueCount, due_counts
from bot.model import AlertReason, Window
from bot.services import Services
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.verify import count_customer
from bot.usecases.watch.closed_runs import filled_days, runs_with_doubts
from bot.usecases.watch.state import WatchState

# How many counts of a cluster run at the same time. ClickHouse has other work to do.
AT_ONCE = 2
# At most this many runs are counted in one call, so that a slow ClickHouse delays the next call only a little.
MOST = 20
# A run that could not be counted or compared is tried again after this time.
AGAIN_AFTER = timedelta(hours=1)
# A second count is due when the difference has lasted for ``settle``. The count reads the clocks anew, so it may turn
# out to have begun a moment too early to prove that. Then it is still due, and is made again after this time.
SECOND_AGAIN_AFTER = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


async def count_completed(state: WatchState, services: Services) -> None:
    """Count the completed runs that are due, at most MOST, each in the tables of its campaigns. Within a campaign,
    the run that ended first is counted first. Counts that were tried before come after all others. Raises
    DependencyError if the store does not answer."""
    cluster, reasons = state.cluster, services.config.reasons_on(state.cluster)
    known = {each.reason: each.since for each in await services.journal.known_reasons() if each.cluster == cluster}
    since = known.get(AlertReason.MISMATCH)
    campaigns = await _with_source(cluster, services)
    if not reasons.mismatch.on or not campaigns or since is None or state.is_silent:
        return
    now = await cluster_time(cluster, services)
    runs = await runs_with_doubts(cluster, services)
    since -= services.now() - now
    if not await compute(due_counts, runs, {}, since, reasons.mismatch.settle, now):
        return
    filled = await filled_days(cluster, services)
    if filled is None:
        return
    due: list[tuple[DueCount, Services]] = []
    for own in campaigns:
        of_campaign = [run for run in runs if own.covers(run.execution, run.identity)]
        days = _days_of_campaign(filled, own.config.campaign.name)
        counts = await compute(due_counts, of_campaign, days, since, reasons.mismatch.settle, now)
        due += [(count, own) for count in counts if _is_to_be_tried(_key(count, own), state, now)]
    # Counts that have failed do not keep others waiting.
    due.sort(key=lambda each: _key(*each) in state.counted)
    await _count(due[:MOST], state, now)


def _days_of_campaign(filled: Filled, campaign: str) -> Mapping[str, Sequence[Window]]:
    """The days that sequences fill, by customer. Only sequences of this campaign and sequences that name no campaign
    count."""
    return {
        customer: [each.window for each in windows if each.campaign in ("", campaign)]
        for customer, windows in filled.items()
    }


async def _with_source(cluster: str, services: Services) -> list[Services]:
    """Services for each open campaign of the cluster that has something to compare rows with."""
    book = await campaign_book(services)
    campaigns = [in_campaign(campaign, book, services) for campaign in book.open]
    return [
        own
        for own in campaigns
        if cluster in own.config.clusters and any(table.expected for table in own.config.verify.tables)
    ]


async def _count(due: Sequence[tuple[DueCount, Services]], state: WatchState, now: datetime) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def count(each: DueCount, own: Services) -> None:
        async with turns:
            verdict = await count_customer(state.cluster, each.customer, each.window, own)
            if verdict.is_answered and verdict.is_recorded:
                state.counted[_key(each, own)] = now + SECOND_AGAIN_AFTER if each.is_second else None

    for each, own in due:
        state.counted[_key(each, own)] = now + AGAIN_AFTER
    await asyncio.gather(*(count(each, own) for each, own in due))
    if due:
        _log.info("completed runs counted", cluster=state.cluster, runs=len(due))
        state.history_due = None


def _key(count: DueCount, services: Services) -> tuple[str, DueCount]:
    """The key of a count in ``WatchState.counted``. It includes the campaign, because two campaigns may count the
    same run, each in its own tables."""
    return services.config.campaign.name, count


def _is_to_be_tried(key: tuple[str, DueCount], state: WatchState, now: datetime) -> bool:
    if key not in state.counted:
        return True
    again_at = state.counted[key]
    # A clock that was ahead has set a time that is too late.
    return again_at is not None and not now < again_at <= now + AGAIN_AFTER
