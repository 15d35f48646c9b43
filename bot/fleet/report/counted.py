"""Summarises the counts of complete days, for the customers of one cluster. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.fleet.report.report import CountedCluster
from bot.fleet.runs.run_counts import CountedDays, counts_of
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
    """The summary of the cluster's counts up to ``at``; None if no customer is complete or counted."""
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
    whole = backfill.whole
    made = {count for run in backfill.runs for count in counts_of(run.execution) if count.at <= at}
    counts = sorted(made, key=lambda count: count.at)
    matched, differing = _latest(counts, whole)
    complete = union((days for run in backfill.runs for days in run.complete_days), whole)
    uncounted = tuple(gap for days in complete for gap in missing(days, (*matched, *differing)))
    return _Counted(backfill.customer, matched, differing, uncounted, counts[-1].at if counts else None)


def _latest(counts: Sequence[CountedDays], whole: Window) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    """The days that match and the days that differ, by the latest count of each day. ``counts`` are oldest first."""
    matched: tuple[Window, ...] = ()
    differing: tuple[Window, ...] = ()
    for count in counts:
        if count.matches:
            matched, differing = union((*matched, count.window), whole), _without(differing, count.window)
        else:
            matched, differing = _without(matched, count.window), union((*differing, count.window), whole)
    return matched, differing


def _without(windows: tuple[Window, ...], taken: Window) -> tuple[Window, ...]:
    return tuple(piece for window in windows for piece in missing(window, [taken]))
