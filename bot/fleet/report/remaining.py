"""What is left to do for a customer, and how long that takes, as a range. Pure."""

from datetime import datetime

from bot.fleet.planning.plan import Plan
from bot.fleet.planning.planned_work import planned_work
from bot.fleet.report.facts import target_of
from bot.fleet.report.left import Remaining
from bot.fleet.status.backfill import Backfill
from bot.model.coverage import total_days


def remaining(backfill: Backfill, plan: Plan | None, now: datetime) -> Remaining:
    """What is left to do for the customer. ``plan`` is for its missing days; None if nothing can be planned."""
    work = planned_work(backfill, plan, now)
    return Remaining(
        target=target_of(backfill),
        days=total_days(backfill.missing),
        windows=_windows_to_run(backfill, plan),
        running=len(backfill.open_runs),
        goes_on=backfill.goes_on,
        eta=work.time if work else None,
        work=work,
        is_queued=backfill.place is not None,
        may_be_queued=backfill.may_be_queued,
    )


def _windows_to_run(backfill: Backfill, plan: Plan | None) -> int:
    """How many windows are still to run. If windows have run, this is the number that ``status`` shows; otherwise
    that of the plan. 0 if there is no plan, or while an open run covers the whole campaign."""
    if plan is None or plan.full_range:
        return 0
    count = backfill.windows
    return count.total - count.done - count.running if count else len(plan.to_run)
