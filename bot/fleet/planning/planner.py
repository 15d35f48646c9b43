"""Draws up a plan from what is known of a customer, its runs and its cluster.

A window that is complete or runs keeps the borders it was run with; what is left between is cut by the size. No day
is in two windows, and none is in no window.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot.commands import Selection
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Estimate, Fate, Plan, PlannedWindow
from bot.fleet.planning.sizing import Known, asked, choose, own_baseline
from bot.fleet.planning.throughput import Pace, Volumes, baseline_pace, cluster_pace, measured, own_pace
from bot.fleet.runs.run import Run
from bot.model import ExecutionStatus, SizingRules, Window
from bot.model.coverage import cut

# A third more than the slowest pace seen: attempts are repeated, and one window waits for the other.
SLACK = 4 / 3
_FAILED = (
    ExecutionStatus.FAILED,
    ExecutionStatus.TIMED_OUT,
    ExecutionStatus.TERMINATED,
    ExecutionStatus.CANCELLED,
    ExecutionStatus.GONE,
)

_Claim = tuple[Window, Fate]


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What a plan is made of. ``runs`` are all of the cluster by customer, oldest start first; ``volumes`` those of
    the campaign, None when the source did not say (``source_silent`` is why)."""

    target: Target
    campaign: Window
    runs: Mapping[str, Sequence[Run]]
    volumes: Volumes | None
    source_silent: str
    expected: bool


def draw_up(
    facts: PlanInputs, whole: Window, days: int | None, rules: SizingRules, which: Selection = Selection.MISSING
) -> Plan:
    """The plan for ``whole``, with windows of ``days`` days if somebody asked for that."""
    customer, volumes = facts.target.customer, facts.volumes
    own = facts.runs.get(customer, ())
    per_day = volumes.per_day(customer, facts.campaign) if volumes else None
    pace = _pace(facts, per_day, rules)
    size = asked(days, rules) if days else choose(facts.target, Known(per_day, pace), facts.campaign.days, rules)
    laid_out = lay_out(whole, facts.campaign, own, size.days, which)
    rows = volumes.of(customer, whole) if volumes else None
    windows = (PlannedWindow(at, fate, volumes.of(customer, at) if volumes else None, None) for at, fate in laid_out)
    return Plan(
        target=facts.target,
        whole=whole,
        rows=rows,
        per_day=per_day,
        size=size,
        pace=pace,
        windows=tuple(_judged(planned, rows, per_day, pace) for planned in windows),
        full_range=_full_range(facts.campaign, own),
        source_silent=facts.source_silent,
        expected=facts.expected,
        running=tuple(run for run in own if _is_followed(run, whole, facts.campaign)),
    )


def lay_out(
    whole: Window, campaign: Window, runs: Sequence[Run], days: int, which: Selection = Selection.MISSING
) -> tuple[_Claim, ...]:
    """The windows of ``whole`` in order: those of ``runs``, oldest first, and what is to be run cut by ``days``."""
    owners: dict[date, tuple[int, Fate]] = {}
    for number, (window, fate) in enumerate(_claims(whole, campaign, runs, which)):
        for day in window.each_day():
            owners.setdefault(day, (number, fate))
    found: list[_Claim] = []
    for owner, group in groupby(whole.each_day(), key=lambda day: _kept(owners.get(day))):
        owned = list(group)
        piece = Window.of_days(owned[0], len(owned))
        found += [(piece, owner[1])] if owner else [(window, Fate.RUN) for window in cut(piece, days)]
    return tuple(found)


def _kept(owner: tuple[int, Fate] | None) -> tuple[int, Fate] | None:
    """What is run again does not keep the borders it was run with."""
    return None if owner is None or owner[1] is Fate.RUN else owner


def _pace(facts: PlanInputs, per_day: float | None, rules: SizingRules) -> Pace | None:
    """By the nearest that has been measured; by baselines where one of them is the customer's own."""
    own = own_pace(measured(facts.runs.get(facts.target.customer, ()), rules.shortest))
    if own or per_day is None or facts.volumes is None:
        return own
    told = {customer: measured(runs, rules.shortest) for customer, runs in facts.runs.items()}
    of_cluster, of_baselines = cluster_pace(per_day, told, facts.volumes), baseline_pace(per_day, rules)
    if own_baseline(facts.target.customer, per_day, rules):
        # What a neighbour has just finished changes no plan of a customer of whom more is known.
        return of_baselines or of_cluster
    return of_cluster or of_baselines


def _judged(planned: PlannedWindow, rows: int | None, per_day: float | None, pace: Pace | None) -> PlannedWindow:
    """With its time, or skipped because there is nothing in the whole range.

    A window without rows among others with some is run: it is over at once, and its days are told as complete.
    """
    if planned.fate is not Fate.RUN:
        return planned
    if rows == 0:
        return replace(planned, fate=Fate.NO_ROWS)
    if pace is None:
        return planned
    # Days differ: where its rows are known, a window takes as long as its share of them.
    days = planned.window.days if planned.rows is None or not per_day else planned.rows / per_day
    return replace(planned, time=Estimate(pace.fastest * days, pace.slowest * days * SLACK))


def _full_range(campaign: Window, runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if run.is_open and run.window and run.window.contains(campaign)), None)


def _is_followed(run: Run, whole: Window, campaign: Window) -> bool:
    return _runs_a_window(run, campaign) and not run.cancel_requested and _within(run, whole) is not None


def _runs_a_window(run: Run, campaign: Window) -> bool:
    return run.is_open and run.window is not None and not run.window.contains(campaign)


def _within(run: Run, whole: Window) -> Window | None:
    return run.window.intersection(whole) if run.window else None


def _claims(whole: Window, campaign: Window, runs: Sequence[Run], which: Selection) -> Iterator[_Claim]:
    """Who has which days of ``whole``, the first claim to a day counts; a day without any is to be run."""
    going_on = [
        (window, Fate.CANCELLING if run.cancel_requested else Fate.RUNNING)
        for run in runs
        if _runs_a_window(run, campaign) and (window := _within(run, whole))
    ]
    match which:
        case Selection.MISSING:
            return iter([*_completed(whole, runs), *going_on])
        case Selection.FAILED:
            return iter([*going_on, *_latest(whole, runs), (whole, Fate.NOT_ASKED)])
        case Selection.ALL:
            return iter(going_on)


def _completed(whole: Window, runs: Sequence[Run]) -> Iterator[_Claim]:
    for run in runs:
        if run.execution.status is ExecutionStatus.COMPLETED and (window := _within(run, whole)):
            yield window, Fate.COMPLETE


def _latest(whole: Window, runs: Sequence[Run]) -> Iterator[_Claim]:
    """What came of the closed ones, the latest first; one that goes on under another run tells nothing."""
    for run in reversed(runs):
        if not (window := _within(run, whole)):
            continue
        if run.execution.status in _FAILED:
            yield window, Fate.RUN
        elif run.execution.status is ExecutionStatus.COMPLETED:
            yield window, Fate.COMPLETE
