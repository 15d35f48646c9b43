"""Measures how long a day of data takes, from the customer's own runs, its cluster's runs, or the baselines.

Throughput is measured in scorecards an hour; a scorecard is a row of the source. Measured in this way, it differs
among the team's customers by a factor of 2.2. Measured in scores an hour, it differs by a factor of 8
(docs/operations-log.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median, mode

from bot.fleet.runs.run import Run
from bot.model import SizingRules, Window

HOUR = timedelta(hours=1)
# A day of data is assumed to take at most this long, because the sum of longer times could overflow a timedelta.
MAX_HOURS = 10 * 365 * 24.0


class Source(StrEnum):
    """What the pace was measured on: runs of the customer, runs of the cluster, or baselines."""

    CUSTOMER = "customer"
    CLUSTER = "cluster"
    BASELINES = "baselines"


@dataclass(frozen=True, slots=True)
class Pace:
    """The time that a day of this customer's data takes: ``usual``, and the range from ``fastest`` to ``slowest``.

    ``count`` is how many runs, customers or baselines were measured. The range covers the middle half of them: the
    fastest quarter and the slowest quarter do not count for it. ``days`` is the most frequent window size among the
    customer's own runs; 0 for another source.
    """

    source: Source
    count: int
    fastest: timedelta
    usual: timedelta
    slowest: timedelta
    days: int = 0


@dataclass(frozen=True, slots=True)
class Volumes:
    """The number of scorecards in the source, by customer and day, for the days of ``within``. A customer or day that
    is absent has no scorecards."""

    within: Window
    by_customer: Mapping[str, Mapping[date, int]]

    def of(self, customer: str, window: Window) -> int:
        """The customer's scorecards in ``window``."""
        days = self.by_customer.get(customer, {})
        return sum(days.get(day, 0) for day in window.each_day())

    def per_day(self, customer: str, window: Window) -> float:
        """The customer's scorecards on an average day of ``window``, without empty days; 0 if all are empty."""
        days = self.by_customer.get(customer, {})
        filled = [rows for day in window.each_day() if (rows := days.get(day, 0))]
        return sum(filled) / len(filled) if filled else 0.0


def measured_runs(runs: Iterable[Run], shortest: timedelta) -> list[Run]:
    """The runs that completed and took at least ``shortest``, in their order; shorter ones say nothing about pace."""
    return [run for run in runs if run.window and run.is_complete and _duration(run) >= shortest]


def customers_with_pace(
    customer: str, runs: Mapping[str, Sequence[Run]], shortest: timedelta, limit: int
) -> list[str]:
    """Other customers whose runs can show the cluster's pace: at most ``limit`` of them, those with the latest runs
    first. Empty if the customer has measured runs of its own, because its pace then comes from these."""
    if measured_runs(runs.get(customer, ()), shortest):
        return []
    latest = {name: last[-1].started_at for name, own in runs.items() if (last := measured_runs(own, shortest))}
    return sorted(latest, key=lambda name: (latest[name], name), reverse=True)[:limit]


def own_pace(runs: Sequence[Run]) -> Pace | None:
    """The pace of the customer's measured runs; None when there are none."""
    timed = [(_duration(run) / HOUR, run.window.days) for run in runs if run.window]
    if not timed:
        return None
    hours, days = sum(took for took, _ in timed), sum(days for _, days in timed)
    pace = _pace(Source.CUSTOMER, [took / days for took, days in timed], hours / days)
    return replace(pace, days=mode(days for _, days in reversed(timed)))


def cluster_pace(per_day: float, runs: Mapping[str, Sequence[Run]], volumes: Volumes) -> Pace | None:
    """The pace of a customer with ``per_day`` scorecards a day, from the runs of all customers whose volume is known.
    None if there are no such runs, or if ``per_day`` is 0."""
    rates = [rate for customer, own in runs.items() if (rate := _rate(customer, own, volumes))]
    return _pace_at(Source.CLUSTER, per_day, rates)


def baseline_pace(per_day: float, rules: SizingRules) -> Pace | None:
    """The pace of a customer with ``per_day`` scorecards a day, from the baselines of the same tier, or from all
    baselines if no baseline of that tier has a known time. None if no baseline has a known time, or if ``per_day`` is
    0."""
    timed = [baseline for baseline in rules.baselines if baseline.took]
    tier = rules.tier_of(per_day)
    same_tier = [baseline for baseline in timed if rules.tier_of(baseline.scorecards) is tier]
    rates = [b.scorecards * b.days / (b.took / HOUR) for b in same_tier or timed if b.took]
    return _pace_at(Source.BASELINES, per_day, rates)


def _rate(customer: str, runs: Sequence[Run], volumes: Volumes) -> float:
    """Scorecards an hour; 0 when no run lies within the days of known volume."""
    counted = [(run, run.window) for run in runs if run.window and volumes.within.contains(run.window)]
    hours = sum(_duration(run) / HOUR for run, _ in counted)
    return sum(volumes.of(customer, window) for _, window in counted) / hours if hours else 0.0


def _pace_at(source: Source, per_day: float, rates: Sequence[float]) -> Pace | None:
    if not rates or not per_day:
        return None
    return _pace(source, [per_day / rate for rate in rates], per_day / median(rates))


def _pace(source: Source, hours: Sequence[float], usual: float) -> Pace:
    """The pace. ``hours`` has one number for each measured run, customer or baseline: how many hours a day of data
    takes. ``usual`` is in hours, too. The range leaves out the fastest and the slowest quarter, so that one odd run
    among many does not widen it."""
    ordered = sorted(hours)
    quarter = len(ordered) // 4
    middle = ordered[quarter : len(ordered) - quarter]
    return Pace(source, len(ordered), _hours(middle[0]), _hours(usual), _hours(middle[-1]))


def _hours(number: float) -> timedelta:
    return timedelta(hours=min(number, MAX_HOURS))


def _duration(run: Run) -> timedelta:
    closed = run.execution.closed_at
    return closed - run.started_at if closed else timedelta(0)
