"""Draws up a plan from what is known of a customer, its runs and its cluster.

A window that is complete or runs keeps the borders it was run with; what is left between is cut by the size. No day
is in two windows, and none is in no window.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot.fleet.coverage import cut
from bot.fleet.directory import Target
from bot.fleet.plan import Estimate, Fate, Plan, PlannedWindow
from bot.fleet.runs import Run
from bot.fleet.sizing import Known, asked, choose
from bot.fleet.throughput import Pace, Volumes, baseline_pace, cluster_pace, measured, own_pace
from bot.model import ExecutionStatus, SizingRules, Window

# A third more than the slowest pace seen: attempts are repeated, and one window waits for the other.
SLACK = 4 / 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a plan is made of. ``runs`` are all of the cluster by customer, oldest start first; ``volumes`` those of
    the campaign, None when the source did not say (``source_silent`` is why)."""

    target: Target
    campaign: Window
    runs: Mapping[str, Sequence[Run]]
    volumes: Volumes | None
    source_silent: str
    expected: bool


def draw_up(facts: Facts, whole: Window, days: int | None, rules: SizingRules) -> Plan:
    """The plan for ``whole``, with windows of ``days`` days if somebody asked for that."""
    customer, volumes = facts.target.customer, facts.volumes
    own = facts.runs.get(customer, ())
    per_day = volumes.per_day(customer, facts.campaign) if volumes else None
    pace = _pace(facts, per_day, rules)
    size = asked(days, rules) if days else choose(facts.target, Known(per_day, pace), facts.campaign.days, rules)
    laid_out = lay_out(whole, facts.campaign, own, size.days)
    windows = (PlannedWindow(at, fate, volumes.of(customer, at) if volumes else None, None) for at, fate in laid_out)
    return Plan(
        target=facts.target,
        whole=whole,
        rows=volumes.of(customer, whole) if volumes else None,
        per_day=per_day,
        size=size,
        pace=pace,
        windows=tuple(_judged(planned, per_day, pace) for planned in windows),
        full_range=_full_range(facts.campaign, own),
        source_silent=facts.source_silent,
        expected=facts.expected,
    )


def lay_out(whole: Window, campaign: Window, runs: Sequence[Run], days: int) -> tuple[tuple[Window, Fate], ...]:
    """The windows of ``whole`` in order: those of ``runs``, oldest first, and the days between cut by ``days``."""
    owners: dict[date, tuple[int, Fate]] = {}
    for number, (window, fate) in enumerate(_claims(whole, campaign, runs)):
        for day in window.each_day():
            owners.setdefault(day, (number, fate))
    found: list[tuple[Window, Fate]] = []
    for owner, group in groupby(whole.each_day(), key=owners.get):
        owned = list(group)
        piece = Window.of_days(owned[0], len(owned))
        found += [(piece, owner[1])] if owner else [(window, Fate.RUN) for window in cut(piece, days)]
    return tuple(found)


def _pace(facts: Facts, per_day: float | None, rules: SizingRules) -> Pace | None:
    """By the nearest that has been measured."""
    told = {customer: measured(runs, rules.shortest) for customer, runs in facts.runs.items()}
    own = own_pace(told.get(facts.target.customer, ()))
    if own or per_day is None or facts.volumes is None:
        return own
    return cluster_pace(per_day, told, facts.volumes) or baseline_pace(per_day, rules)


def _judged(planned: PlannedWindow, per_day: float | None, pace: Pace | None) -> PlannedWindow:
    """Skipped if nobody has run it and the source has no rows for it; else with its time."""
    if planned.fate is not Fate.RUN:
        return planned
    if planned.rows == 0:
        return replace(planned, fate=Fate.NO_ROWS)
    if pace is None:
        return planned
    # Days differ: where its rows are known, a window takes as long as its share of them.
    days = planned.rows / per_day if planned.rows and per_day else planned.window.days
    return replace(planned, time=Estimate(pace.fastest * days, pace.slowest * days * SLACK))


def _full_range(campaign: Window, runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if run.is_open and run.window and run.window.contains(campaign)), None)


def _claims(whole: Window, campaign: Window, runs: Sequence[Run]) -> Iterator[tuple[Window, Fate]]:
    """Who has which days of ``whole``: completed runs before open ones, and of each the oldest first."""
    open_claims: list[tuple[Window, Fate]] = []
    for run in runs:
        window = run.window.intersection(whole) if run.window else None
        if window is None or run.window is None:
            continue
        if run.execution.status is ExecutionStatus.COMPLETED:
            yield window, Fate.COMPLETE
        elif run.is_open and not run.window.contains(campaign):
            open_claims.append((window, Fate.CANCELLING if run.cancel_requested else Fate.RUNNING))
    yield from open_claims
