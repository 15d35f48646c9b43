"""What is left to do for a customer, and how long that takes, as a range. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.planning.plan import Estimate, Plan
from bot.fleet.planning.planner import SLACK
from bot.fleet.report.facts import target_of
from bot.fleet.report.report import Remaining
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.eta import left_of_run
from bot.model.coverage import total_days


def remaining(backfill: Backfill, plan: Plan | None, now: datetime) -> Remaining:
    """What is left to do for the customer. ``plan`` is for its missing days; None if nothing can be planned."""
    return Remaining(
        target=target_of(backfill),
        days=total_days(backfill.missing),
        windows=_windows_to_run(backfill, plan),
        running=len(backfill.open_runs),
        goes_on=backfill.goes_on,
        eta=_eta(backfill, plan, now),
    )


def until_last(left: tuple[Remaining, ...]) -> Estimate | None:
    """How long until the last of these customers is complete; None if none has an estimate. Customers run at the same
    time."""
    etas = [customer.eta for customer in left if customer.eta]
    return Estimate(max(eta.low for eta in etas), max(eta.high for eta in etas)) if etas else None


def _windows_to_run(backfill: Backfill, plan: Plan | None) -> int:
    """How many windows are still to run: as ``status`` counts them, or as planned if none has run. 0 without a plan,
    and while one run covers the whole range."""
    if plan is None or plan.full_range:
        return 0
    count = backfill.windows
    return count.total - count.done - count.running if count else len(plan.to_run)


def _eta(backfill: Backfill, plan: Plan | None, now: datetime) -> Estimate | None:
    running = [_eta_of_run(run, plan, now) for run in backfill.open_runs]
    known = [eta for eta in running if eta]
    if plan is None or len(known) < len(running):
        return None
    if not plan.full_range and plan.to_run:
        planned = replace(plan, at_once=_parallel(backfill)).eta
        if planned is None:
            return None
        queued = planned
    else:
        queued = Estimate(timedelta(0), timedelta(0))
    low = max((eta.low for eta in known), default=timedelta(0))
    high = max((eta.high for eta in known), default=timedelta(0))
    return Estimate(low + queued.low, high + queued.high)


def _eta_of_run(run: Run, plan: Plan | None, now: datetime) -> Estimate | None:
    """The time that an open run still needs. If the run shows no progress of its own, the fastest and the slowest
    pace give the two ends. The high end has the same margin as in a plan."""
    pace = plan.pace if plan else None
    low = left_of_run(run, pace.fastest if pace else None, now)
    high = left_of_run(run, pace.slowest if pace else None, now)
    return Estimate(low, high * SLACK) if low is not None and high is not None else None


def _parallel(backfill: Backfill) -> int:
    progress = backfill.sequence.progress if backfill.sequence else None
    return progress.spec.parallel if progress else 1
