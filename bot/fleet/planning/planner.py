"""The planner: lays out the windows of a customer's range, given its runs, and estimates how long each takes.

A window that is complete or running keeps the borders of its run. The days between these windows are cut into windows
of the chosen size. Every day is in exactly one window.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from bot.commands import Selection
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Fate, Plan, PlannedWindow
from bot.fleet.planning.sizing import SizingInputs, choose_size, own_baseline, requested_size
from bot.fleet.planning.throughput import Pace, Volumes, baseline_pace, cluster_pace, measured_runs, own_pace
from bot.fleet.runs.run import Run
from bot.fleet.status.estimate import SLACK, Estimate
from bot.model import DoubtfulDays, ExecutionStatus, SizingRules, Window
from bot.model.coverage import cut, union

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
    """What the planner needs to know.

    ``runs`` are all runs of the cluster by customer, oldest first. ``volumes`` are the rows in the source over the
    campaign's days; None if the source did not answer, and ``source_silent`` is then the reason. ``expected``: the
    configuration names the customer for this cluster. ``at`` is when the cluster answered.
    """

    target: Target
    campaign: Window
    runs: Mapping[str, Sequence[Run]]
    volumes: Volumes | None
    source_silent: str
    expected: bool
    at: datetime


def make_plan(
    inputs: PlanInputs, whole: Window, days: int | None, rules: SizingRules, which: Selection = Selection.MISSING
) -> Plan:
    """The plan for ``whole``. Its windows have ``days`` days if a person chose that size."""
    customer, volumes = inputs.target.customer, inputs.volumes
    own = inputs.runs.get(customer, ())
    per_day = volumes.per_day(customer, inputs.campaign) if volumes else None
    pace = _pace(inputs, per_day, rules)
    known = SizingInputs(per_day, pace)
    size = requested_size(days, rules) if days else choose_size(inputs.target, known, inputs.campaign.days, rules)
    laid_out = lay_out(whole, inputs.campaign, own, size.days, which)
    rows = volumes.of(customer, whole) if volumes else None
    windows = (PlannedWindow(at, fate, volumes.of(customer, at) if volumes else None, None) for at, fate in laid_out)
    to_run = [at for at, fate in laid_out if fate is Fate.RUN]
    return Plan(
        target=inputs.target,
        whole=whole,
        rows=rows,
        per_day=per_day,
        size=size,
        pace=pace,
        windows=tuple(_with_estimate(planned, rows, per_day, pace) for planned in windows),
        full_range=_full_range(inputs.campaign, own),
        source_silent=inputs.source_silent,
        expected=inputs.expected,
        running=tuple(run for run in own if _is_followed(run, whole, inputs.campaign)),
        doubts=_doubts(own, to_run),
        at=inputs.at,
    )


def lay_out(
    whole: Window, campaign: Window, runs: Sequence[Run], days: int, which: Selection = Selection.MISSING
) -> tuple[_Claim, ...]:
    """The windows of ``whole`` in order. Windows of ``runs`` keep their borders, and the days between them are cut
    into windows of ``days`` days.

    If several runs claim a day, the first one in ``_claims`` has it.
    """
    owners: dict[date, tuple[int, Fate]] = {}
    for number, (window, fate) in enumerate(_claims(whole, campaign, runs, which)):
        for day in window.each_day():
            owners.setdefault(day, (number, fate))
    windows: list[_Claim] = []
    for owner, group in groupby(whole.each_day(), key=lambda day: _border_owner(owners.get(day))):
        owned = list(group)
        piece = Window.of_days(owned[0], len(owned))
        windows += [(piece, owner[1])] if owner else [(window, Fate.RUN) for window in cut(piece, days)]
    return tuple(windows)


def _border_owner(owner: tuple[int, Fate] | None) -> tuple[int, Fate] | None:
    """The window that has this day and keeps its borders in the plan. None for a day that is to run: such days are
    cut into new windows, whatever window has them now."""
    return None if owner is None or owner[1] is Fate.RUN else owner


def _pace(inputs: PlanInputs, per_day: float | None, rules: SizingRules) -> Pace | None:
    """The pace of the customer's own runs, or else that of its cluster or of the baselines."""
    own = own_pace(measured_runs(inputs.runs.get(inputs.target.customer, ()), rules.shortest))
    if own or per_day is None or inputs.volumes is None:
        return own
    runs_of_all = {customer: measured_runs(runs, rules.shortest) for customer, runs in inputs.runs.items()}
    of_cluster, of_baselines = cluster_pace(per_day, runs_of_all, inputs.volumes), baseline_pace(per_day, rules)
    if own_baseline(inputs.target.customer, per_day, rules):
        # A customer with its own baseline is planned by it, because its plan must not change when another customer's
        # run completes.
        return of_baselines or of_cluster
    return of_cluster or of_baselines


def _with_estimate(
    planned: PlannedWindow, rows: int | None, per_day: float | None, pace: Pace | None
) -> PlannedWindow:
    """The window with its estimate; or ``NO_ROWS`` if the whole range has no rows.

    If only this window has no rows, it runs: it ends at once, and then its days count as complete.
    """
    if planned.fate is not Fate.RUN:
        return planned
    if rows == 0:
        return replace(planned, fate=Fate.NO_ROWS)
    if pace is None:
        return planned
    # Days differ in volume. If the rows are known, the estimate is for as many average days as have that many rows.
    days = planned.window.days if planned.rows is None or not per_day else planned.rows / per_day
    return replace(planned, time=Estimate(pace.fastest * days, pace.slowest * days * SLACK))


def _doubts(runs: Sequence[Run], to_run: Sequence[Window]) -> tuple[DoubtfulDays, ...]:
    """The days in doubt that would run again, in order, with each doubt listed once."""
    days = (each for run in runs for each in run.doubts)
    found = {
        DoubtfulDays(part, each.doubt)
        for each in days
        for gap in union(to_run, each.window)
        if (part := each.window.intersection(gap))
    }
    return tuple(sorted(found, key=lambda each: (each.window, each.doubt.reason)))


def _full_range(campaign: Window, runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if run.is_open and run.window and run.window.contains(campaign)), None)


def _is_followed(run: Run, whole: Window, campaign: Window) -> bool:
    return _runs_a_window(run, campaign) and not run.cancel_requested and _within(run, whole) is not None


def _runs_a_window(run: Run, campaign: Window) -> bool:
    return run.is_open and run.window is not None and not run.window.contains(campaign)


def _within(run: Run, whole: Window) -> Window | None:
    return run.window.intersection(whole) if run.window else None


def _claims(whole: Window, campaign: Window, runs: Sequence[Run], which: Selection) -> Iterator[_Claim]:
    """The windows that claim days of ``whole``. A day belongs to the first window that claims it. A day that none
    claims is to run."""
    open_windows = [
        (window, Fate.CANCELLING if run.cancel_requested else Fate.RUNNING)
        for run in runs
        if _runs_a_window(run, campaign) and (window := _within(run, whole))
    ]
    match which:
        case Selection.MISSING:
            return iter([*_completed(whole, runs), *open_windows])
        case Selection.FAILED:
            return iter([*open_windows, *_latest_results(whole, runs), (whole, Fate.NOT_ASKED)])
        case Selection.ALL:
            return iter(open_windows)


def _completed(whole: Window, runs: Sequence[Run]) -> Iterator[_Claim]:
    for run in runs:
        yield from _complete_within(run, whole)


def _latest_results(whole: Window, runs: Sequence[Run]) -> Iterator[_Claim]:
    """The results of closed runs, latest first. A run that continued as new has no result of its own."""
    for run in reversed(runs):
        if not (window := _within(run, whole)):
            continue
        if run.execution.status in _FAILED:
            yield window, Fate.RUN
        elif run.is_completed:
            yield from _complete_within(run, whole)
            yield from ((days, Fate.RUN) for doubt in run.doubts if (days := doubt.window.intersection(whole)))


def _complete_within(run: Run, whole: Window) -> Iterator[_Claim]:
    return ((days, Fate.COMPLETE) for window in run.complete_days if (days := window.intersection(whole)))
