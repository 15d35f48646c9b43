"""The run that explains why nothing runs for a customer, and how it ended."""

from dataclasses import dataclass

from bot.fleet.runs.close_facts import causes_of
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.model import Cause, ExecutionStatus, State, Window


@dataclass(frozen=True, slots=True)
class LastEnd:
    """How the run ended, and why it did, as far as that is known. ``days`` is None if the run was over the whole
    range."""

    status: ExecutionStatus
    days: Window | None = None
    causes: tuple[Cause, ...] = ()


def last_end(backfill: Backfill) -> LastEnd | None:
    """The end of the run that explains why nothing runs; None if no single run does.

    If the customer's state is FAILED, or if no run closed after ``Backfill.latest_missing``, then the explanation is
    ``Backfill.latest_missing``: a closed run that should have filled a missing day. Otherwise, the explanation is the
    run that closed last, but only if that run completed: then nothing runs because no run followed.
    """
    run = backfill.latest_missing
    if run and (backfill.state is State.FAILED or not _is_outlived(run, backfill)):
        return _end_of(run, backfill)
    latest = max((run for run in backfill.runs if run.execution.closed_at), key=_closed_at, default=None)
    is_complete = latest is not None and latest.execution.status is ExecutionStatus.COMPLETED
    return _end_of(latest, backfill) if latest and is_complete else None


def _end_of(run: Run, backfill: Backfill) -> LastEnd | None:
    if run.window is None:
        return None
    days = None if run.window.contains(backfill.whole) else run.window
    return LastEnd(run.execution.status, days, tuple(causes_of(run.execution)))


def _is_outlived(run: Run, backfill: Backfill) -> bool:
    ends = [other.execution.closed_at for other in backfill.runs if other.execution.closed_at]
    return bool(run.execution.closed_at and max(ends) > run.execution.closed_at)


def _closed_at(run: Run) -> float:
    return run.execution.closed_at.timestamp() if run.execution.closed_at else 0.0
