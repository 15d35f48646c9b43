"""Summarises the counts of complete days, for the customers of one cluster. Pure.

A count says nothing about days that were run again since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.fleet.report.report import CountedCluster
from bot.fleet.report.rewinding import with_counts_until
from bot.fleet.runs.doubts import differing_days, proven_days
from bot.fleet.runs.run_counts import counts_of
from bot.fleet.status.backfill import Backfill
from bot.model import Window
from bot.model.coverage import missing, total_days, union


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counted days of one customer, and when its latest count began."""

    customer: str
    matched: tuple[Window, ...]
    differing: tuple[Window, ...]
    uncounted: tuple[Window, ...]
    latest: datetime | None


def counted_cluster(cluster: str, customers: Sequence[Backfill], at: datetime) -> CountedCluster | None:
    """The summary of the cluster's counts up to ``at``; None if no customer has a day that is complete or was
    counted."""
    counted = [_counted(backfill, at) for backfill in customers]
    if not any(days.matched or days.differing or days.uncounted for days in counted):
        return None
    return CountedCluster(
        cluster=cluster,
        counted=sum(days.latest is not None for days in counted),
        matched=sum(total_days(days.matched) for days in counted),
        uncounted=sum(total_days(days.uncounted) for days in counted),
        differing=tuple((days.customer, days.differing) for days in counted if days.differing),
        latest=max((days.latest for days in counted if days.latest), default=None),
    )


def _counted(backfill: Backfill, at: datetime) -> _Counted:
    whole, runs = backfill.whole, [with_counts_until(run, at) for run in backfill.runs]
    times = [count.at for run in runs for count in counts_of(run.execution)]
    matched, differing = union(proven_days(runs), whole), union(differing_days(runs), whole)
    complete = union((days for run in runs for days in run.complete_days), whole)
    uncounted = tuple(gap for days in complete for gap in missing(days, (*matched, *differing)))
    return _Counted(backfill.customer, matched, differing, uncounted, max(times, default=None))
