"""What is left to do for a customer, and how long that takes, as a range. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.planning.plan import Plan
from bot.fleet.report.facts import target_of
from bot.fleet.report.report import Remaining
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.estimate import SLACK, Estimate, WorkLeft
from bot.fleet.status.eta import left_of_run
from bot.model.coverage import total_days


def remaining(backfill: Backfill, plan: Plan | None, now: datetime) -> Remaining:
    """What is left to do for the customer. ``plan`` is for its missing days; None if nothing can be planned."""
    work = work_left(backfill, plan, now)
    return Remaining(
        target=target_of(backfill),
        days=total_days(backfill.missing),
        windows=_windows_to_run(backfill, plan),
        running=len(backfill.open_runs),
        goes_on=backfill.goes_on,
        eta=work.time if work else None,
        work=work,
    )


def work_left(backfill: Backfill, plan: Plan | None, now: datetime) -> WorkLeft | None:
    """The work until the customer is complete: first its open runs, then the windows of the plan. None if the time of
    any of them is unknown."""
    of_open = [_eta_of_run(run, plan, now) for run in backfill.open_runs]
    running = tuple(eta for eta in of_open if eta)
    if plan is None or len(running) < len(of_open):
        return None
    low = max((eta.low for eta in running), default=timedelta(0))
    high = max((eta.high for eta in running), default=timedelta(0))
    if plan.full_range or not plan.to_run:
        return WorkLeft(backfill.cluster, Estimate(low, high), running)
    planned = replace(plan, at_once=_parallel(backfill, plan)).work
    if planned is None:
        return None
    time = Estimate(low + planned.time.low, high + planned.time.high)
    return WorkLeft(backfill.cluster, time, running, planned.following)


def _windows_to_run(backfill: Backfill, plan: Plan | None) -> int:
    """How many windows are still to run: as ``status`` counts them, or as planned if none has run. 0 without a plan,
    and while one run covers the whole range."""
    if plan is None or plan.full_range:
        return 0
    count = backfill.windows
    return count.total - count.done - count.running if count else len(plan.to_run)


def _eta_of_run(run: Run, plan: Plan | None, now: datetime) -> Estimate | None:
    """The time that an open run still needs. If the run shows no progress of its own, the fastest and the slowest
    pace give the two ends. The high end has the same margin as in a plan."""
    pace = plan.pace if plan else None
    low = left_of_run(run, pace.fastest if pace else None, now)
    high = left_of_run(run, pace.slowest if pace else None, now)
    return Estimate(low, high * SLACK) if low is not None and high is not None else None


def _parallel(backfill: Backfill, plan: Plan) -> int:
    """How many windows run at a time: as in the open sequence, or else as planned."""
    progress = backfill.sequence.progress if backfill.sequence else None
    return progress.spec.parallel if progress else plan.at_once
