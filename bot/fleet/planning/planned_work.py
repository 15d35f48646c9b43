"""The work that customers have left, according to their plans. For a customer without measured runs, a plan uses the
pace of similar customers or of earlier backfills. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.planning.plan import Plan
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import ClusterRow
from bot.fleet.status.estimate import SLACK, Estimate, WorkLeft
from bot.fleet.status.eta import left_of_run


def planned_work(backfill: Backfill, plan: Plan | None, now: datetime) -> WorkLeft | None:
    """The work until the customer is complete: first its open runs, then the windows of the plan. None without a
    plan, or if the time of a run or window is unknown."""
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


def without_estimate(row: ClusterRow) -> tuple[Backfill, ...]:
    """The open customers that have no estimate, and for which a plan may have one. A plan knows nothing about
    customers whose past runs, sequences or queue are unknown."""
    if row.history_silent:
        return ()
    unplanned = (backfill for backfill in row.open if backfill.work is None and not backfill.may_be_queued)
    return tuple(backfill for backfill in unplanned if backfill.goes_on or not row.sequences_silent)


def with_planned_work(row: ClusterRow, plans: Mapping[str, Plan], now: datetime) -> ClusterRow:
    """The cluster's row of the board, in which the customers of ``without_estimate`` have the work of their plans.
    Where the work of a plan is unknown, the customer stays without an estimate. ``plans`` are by customer."""
    planned = {each.customer: planned_work(each, plans.get(each.customer), now) for each in without_estimate(row)}
    customers = (replace(each, work=planned.get(each.customer, each.work)) for each in row.customers)
    return replace(row, customers=tuple(customers))


def _eta_of_run(run: Run, plan: Plan | None, now: datetime) -> Estimate | None:
    """The time that an open run still needs. If the run shows no progress of its own, the fastest pace gives the low
    estimate, and the slowest pace the high one. The high estimate has the same margin as in a plan. None if the time
    is unknown."""
    pace = plan.pace if plan else None
    low = left_of_run(run, pace.fastest if pace else None, now)
    high = left_of_run(run, pace.slowest if pace else None, now)
    return Estimate(low, high * SLACK) if low is not None and high is not None else None


def _parallel(backfill: Backfill, plan: Plan) -> int:
    """How many windows run at a time: as in the open sequence, or else as planned."""
    progress = backfill.sequence.progress if backfill.sequence else None
    return progress.spec.parallel if progress else plan.at_once
