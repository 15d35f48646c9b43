"""How long a day of data takes: by this customer's own runs, else by its cluster's, else by the baselines.

Throughput is told in scorecards an hour: over the team's customers it differs 2.2-fold, in scores an hour 8-fold
(ops-log.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median, mode

from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, SizingRules, Window

HOUR = timedelta(hours=1)
# A day of data that takes longer is nothing to reckon with, and could not be added up.
LONGEST = 10 * 365 * 24.0  # hours


class Source(StrEnum):
    """Whose runs tell the pace."""

    CUSTOMER = "customer"
    CLUSTER = "cluster"
    BASELINES = "baselines"


@dataclass(frozen=True, slots=True)
class Pace:
    """Time a day of this customer's data takes: ``usual`` to reckon with, ``fastest`` and ``slowest`` of most.

    ``count`` is of the customer's own runs, of the cluster's customers, or of baselines. ``days`` are those of the
    windows it was measured on, most of them; 0 where they were others'.
    """

    source: Source
    count: int
    fastest: timedelta
    usual: timedelta
    slowest: timedelta
    days: int = 0


@dataclass(frozen=True, slots=True)
class Volumes:
    """Scorecards the source holds by customer and day over ``within``; a customer or day without any is absent."""

    within: Window
    by_customer: Mapping[str, Mapping[date, int]]

    def of(self, customer: str, window: Window) -> int:
        """All of them in ``window``."""
        days = self.by_customer.get(customer, {})
        return sum(days.get(day, 0) for day in window.each_day())

    def per_day(self, customer: str, window: Window) -> float:
        """On a day of ``window`` that has any; 0 where none has."""
        days = self.by_customer.get(customer, {})
        having = [rows for day in window.each_day() if (rows := days.get(day, 0))]
        return sum(having) / len(having) if having else 0.0


def measured(runs: Iterable[Run], shortest: timedelta) -> list[Run]:
    """The completed ones that took long enough to tell anything, in their order."""
    return [
        run
        for run in runs
        if run.window and run.execution.status is ExecutionStatus.COMPLETED and _took(run) >= shortest
    ]


def customers_with_pace(
    customer: str, runs: Mapping[str, Sequence[Run]], shortest: timedelta, limit: int
) -> list[str]:
    """The other customers whose measured runs tell the pace of a cluster, the latest first; none when the customer's
    own runs do."""
    if measured(runs.get(customer, ()), shortest):
        return []
    latest = {name: told[-1].execution.started_at for name, own in runs.items() if (told := measured(own, shortest))}
    return sorted(latest, key=lambda name: (latest[name], name), reverse=True)[:limit]


def own_pace(runs: Sequence[Run]) -> Pace | None:
    """By the measured runs of this customer; None without any."""
    timed = [(_took(run) / HOUR, run.window.days) for run in runs if run.window]
    if not timed:
        return None
    hours, days = sum(took for took, _ in timed), sum(days for _, days in timed)
    told = _pace(Source.CUSTOMER, [took / days for took, days in timed], hours / days)
    return replace(told, days=mode(days for _, days in reversed(timed)))


def cluster_pace(per_day: float, runs: Mapping[str, Sequence[Run]], volumes: Volumes) -> Pace | None:
    """By the measured runs of all customers whose volume is known, for one of ``per_day`` scorecards a day."""
    rates = [rate for customer, own in runs.items() if (rate := _rate(customer, own, volumes))]
    return _pace_at(Source.CLUSTER, per_day, rates)


def baseline_pace(per_day: float, rules: SizingRules) -> Pace | None:
    """By what windows of the baselines of the same tier took; by that of all of them where no such is known."""
    timed = [baseline for baseline in rules.baselines if baseline.took]
    tier = rules.tier_of(per_day)
    alike = [baseline for baseline in timed if rules.tier_of(baseline.scorecards) is tier]
    rates = [b.scorecards * b.days / (b.took / HOUR) for b in alike or timed if b.took]
    return _pace_at(Source.BASELINES, per_day, rates)


def _rate(customer: str, runs: Sequence[Run], volumes: Volumes) -> float:
    """Scorecards an hour; 0 when nothing tells."""
    known = [(run, run.window) for run in runs if run.window and volumes.within.contains(run.window)]
    hours = sum(_took(run) / HOUR for run, _ in known)
    return sum(volumes.of(customer, window) for _, window in known) / hours if hours else 0.0


def _pace_at(source: Source, per_day: float, rates: Sequence[float]) -> Pace | None:
    if not rates or not per_day:
        return None
    return _pace(source, [per_day / rate for rate in rates], per_day / median(rates))


def _pace(source: Source, hours: Sequence[float], usual: float) -> Pace:
    """The middle half tells the range: one odd run among many should not."""
    ordered = sorted(hours)
    quarter = len(ordered) // 4
    middle = ordered[quarter : len(ordered) - quarter]
    return Pace(source, len(ordered), _hours(middle[0]), _hours(usual), _hours(middle[-1]))


def _hours(number: float) -> timedelta:
    return timedelta(hours=min(number, LONGEST))


def _took(run: Run) -> timedelta:
    closed = run.execution.closed_at
    return closed - run.execution.started_at if closed else timedelta(0)
