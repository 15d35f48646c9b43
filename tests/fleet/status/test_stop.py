"""When and by whom work was stopped: by the last command that ended it, or else when the last run ended."""

from datetime import timedelta

import pytest

from bot.fleet.status.backfill import Backfill, Stop, derive
from bot.fleet.status.stop import with_stops
from bot.model import AuditOutcome, AuditRecord, ExecutionStatus, Subject
from bot.model.execution import CANCEL_HINT, YES
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed, run, window

DAYS = window(1, 6)
CLOSED_AT = NOW - 2 * HOUR
MINUTE = timedelta(minutes=1)


def customer(status: ExecutionStatus, *, is_cancelling: bool = False) -> Backfill:
    """Its only run took seven hours and closed two hours ago; most days are missing."""
    hints = {CANCEL_HINT: YES} if is_cancelling else {}
    only = run(closed(status, "hilton", DAYS, ago=2 * HOUR, took=7 * HOUR, hints=hints), DAYS)
    return derive("voice-prod", "hilton", CAMPAIGN, (only,), NOW)


def stop_of(status: ExecutionStatus, before_close: timedelta, *, is_cancelling: bool = False) -> Stop | None:
    """The stop of this customer, if Noor has typed ``cancel`` so long before its run closed."""
    subject = Subject("voice-prod", "hilton")
    act = AuditRecord(CLOSED_AT - before_close, "UNOOR", "cancel", subject, AuditOutcome.DONE)
    [backfill] = with_stops([customer(status, is_cancelling=is_cancelling)], [act])
    return backfill.stop


@pytest.mark.parametrize("status", [ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT])
def test_a_command_that_only_skips_days_of_a_run_that_goes_on_has_not_stopped_it(status: ExecutionStatus) -> None:
    assert stop_of(status, before_close=6 * HOUR) == Stop(CLOSED_AT)


def test_a_run_that_was_cancelled_much_later_was_not_stopped_by_an_earlier_command() -> None:
    assert stop_of(ExecutionStatus.CANCELLED, before_close=6 * HOUR) == Stop(CLOSED_AT)


def test_a_run_that_was_cancelled_soon_after_the_command_was_stopped_by_it() -> None:
    assert stop_of(ExecutionStatus.CANCELLED, before_close=MINUTE) == Stop(CLOSED_AT - MINUTE, "UNOOR")


@pytest.mark.parametrize(("before_close", "by"), [(MINUTE, "UNOOR"), (6 * HOUR, "")])
def test_a_run_that_completes_although_it_was_to_be_cancelled_was_the_last_one(
    before_close: timedelta, by: str
) -> None:
    stop = stop_of(ExecutionStatus.COMPLETED, before_close, is_cancelling=True)

    assert stop
    assert stop.by == by


def test_a_run_that_takes_hours_to_end_after_its_cancel_was_requested_was_stopped_by_the_command() -> None:
    stopped = stop_of(ExecutionStatus.FAILED, before_close=2 * HOUR, is_cancelling=True)

    assert stopped == Stop(CLOSED_AT - 2 * HOUR, "UNOOR")


@pytest.mark.parametrize("status", [ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED])
def test_a_command_while_nothing_runs_stops_what_would_have_followed(status: ExecutionStatus) -> None:
    assert stop_of(status, before_close=-HOUR) == Stop(CLOSED_AT + HOUR, "UNOOR")
