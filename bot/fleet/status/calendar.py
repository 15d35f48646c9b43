"""The calendar of a customer: each day of the range with its state. Pure."""

from datetime import date

from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.model import Calendar, DayState, ExecutionStatus

_FAILED = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.TERMINATED, ExecutionStatus.GONE)


def calendar_of(backfill: Backfill) -> Calendar:
    """The state of each day. A complete day stays complete even while it runs again. Any other day is running if an
    open run is for it. Otherwise, it is in doubt if it is among the ``doubts``. Otherwise, if runs of the day have
    failed or were cancelled, the latest of these decides: the day is failed or missing. Without such a run, the day
    is missing."""
    states: dict[date, DayState] = dict.fromkeys(backfill.whole.each_day(), DayState.COMPLETE)
    states |= {day: DayState.MISSING for gap in backfill.missing for day in gap.each_day()}
    missing = frozenset(day for day, state in states.items() if state is DayState.MISSING)
    for run in backfill.runs:
        state = _state_of(run)
        if run.window and state:
            states |= {day: state for day in run.window.each_day() if day in missing}
    doubtful = (day for days in backfill.doubts for day in days.window.each_day())
    running = {day for run in backfill.open_runs if run.window for day in run.window.each_day()}
    states |= {day: DayState.IN_DOUBT for day in doubtful if day in missing}
    states |= {day: DayState.RUNNING for day in running if day in missing}
    return Calendar(backfill.cluster, backfill.customer, backfill.whole.start, tuple(states.values()))


def _state_of(run: Run) -> DayState | None:
    """The state that a run gives to its missing days; None if the run gives them no state, because it is open, has
    completed, or has continued as new."""
    if run.execution.status in _FAILED:
        return DayState.FAILED
    return DayState.MISSING if run.execution.status is ExecutionStatus.CANCELLED else None
