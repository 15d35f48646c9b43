"""The calendar: each day of the range with one state."""

from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import derive
from bot.fleet.status.calendar import calendar_of
from bot.model import DayState, Doubt, DoubtfulDays, DoubtReason, ExecutionStatus
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, window

COMPLETE = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6)), window(1, 6))
FAILED = run(closed(ExecutionStatus.FAILED, "hilton", window(6, 11)), window(6, 11))
RUNNING = run(execution("hilton", window(11, 16)), window(11, 16), activity())


def states(*runs: Run) -> tuple[DayState, ...]:
    calendar = calendar_of(derive("voice-prod", "hilton", CAMPAIGN, runs, NOW))
    assert (calendar.customer, calendar.start, len(calendar.days)) == ("hilton", CAMPAIGN.start, CAMPAIGN.days)
    return calendar.days


def test_each_day_has_the_state_of_the_run_that_should_fill_it() -> None:
    days = states(COMPLETE, FAILED, RUNNING)

    assert days[:16] == (*[DayState.COMPLETE] * 5, *[DayState.FAILED] * 5, *[DayState.RUNNING] * 5, DayState.MISSING)


def test_what_runs_again_is_running_and_what_is_complete_stays_so() -> None:
    again = run(execution("hilton", window(1, 11), run="2"), window(1, 11), activity())

    assert states(COMPLETE, FAILED, again)[:11] == (
        *[DayState.COMPLETE] * 5,
        *[DayState.RUNNING] * 5,
        DayState.MISSING,
    )


def test_a_cancel_after_a_failure_leaves_days_missing() -> None:
    cancelled = run(closed(ExecutionStatus.CANCELLED, "hilton", CAMPAIGN, ago=HOUR / 2, took=HOUR / 4), CAMPAIGN)

    assert set(states(FAILED, cancelled)) == {DayState.MISSING}


def test_days_in_doubt_are_in_doubt() -> None:
    doubtful = run(
        closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6)),
        window(1, 6),
        doubts=(DoubtfulDays(window(1, 3), Doubt(DoubtReason.CANCEL_REQUESTED)),),
    )

    assert states(doubtful)[:6] == (*[DayState.IN_DOUBT] * 2, *[DayState.COMPLETE] * 3, DayState.MISSING)
