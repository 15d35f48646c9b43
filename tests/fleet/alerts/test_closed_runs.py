"""Which closed runs need a person, and which do not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.fleet.alerts.closed_runs import ClosedTrouble, Filled, FilledWindow, closed_troubles, failed_before
from bot.fleet.runs.close_facts import close_event_hints
from bot.fleet.runs.doubts import with_doubts
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import own_memo
from bot.fleet.runs.run import Run
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.fleet.sequence.cancellation import cancel_reason
from bot.model import (
    AlertReason,
    Cause,
    CloseEvent,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Window,
)
from bot.model.execution import CANCEL_HINT, NO, PARENT_RUN_HINT, YES
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, closed, execution, run, window

S = ExecutionStatus
LONG_AGO = NOW - timedelta(days=30)
EVERY = dict.fromkeys(AlertReason, LONG_AGO)
SETTLE = 10 * MINUTE
FAILING = [S.FAILED, S.TIMED_OUT, S.TERMINATED]
DISK = CloseEvent((Cause(Failure(FailureKind.APPLICATION, "disk full"), activity="copy_days"),))


def ended(status: S, days: Window = CAMPAIGN, event: CloseEvent = DISK, **changes: Any) -> Run:
    """A closed run about which everything is known; ``run`` tells runs of the same days apart."""
    hints = {CANCEL_HINT: NO, **changes.pop("hints", {})}
    of = closed(status, "hilton", days, hints=hints, **changes)
    if status in (S.FAILED, S.TERMINATED):
        of = replace(of, hints={**of.hints, **close_event_hints(event, of, ())})
    return run(of, days)


def troubles(
    *runs: Run, since: dict[AlertReason, datetime] | None = None, filled: Filled | None = None
) -> Sequence[ClosedTrouble]:
    return closed_troubles(with_doubts(runs, {}), filled or {}, EVERY if since is None else since, SETTLE)


def reasons(*runs: Run, **changes: Any) -> list[AlertReason]:
    return [trouble.reason for trouble in troubles(*runs, **changes)]


@pytest.mark.parametrize("status", FAILING)
def test_a_run_that_failed_and_that_nothing_replaces_needs_a_person(status: S) -> None:
    (trouble,) = troubles(ended(status))

    assert (trouble.reason, trouble.days) == (AlertReason.FAILED, (CAMPAIGN,))
    assert trouble.facts.status is status


def test_the_cause_is_that_of_the_run_with_the_activity_that_failed() -> None:
    (trouble,) = troubles(ended(S.FAILED))

    assert trouble.facts.causes == DISK.causes


def test_what_a_person_had_the_bot_terminate_needs_nobody_else() -> None:
    through_the_bot = CloseEvent((Cause(Failure(FailureKind.OTHER, cancel_reason("wrong days " * 90, "U0OLIVIA"))),))

    assert reasons(ended(S.TERMINATED, event=through_the_bot)) == []


def test_until_it_is_known_who_terminated_a_run_it_opens_no_alert() -> None:
    unread = run(closed(S.TERMINATED, "hilton", CAMPAIGN, hints={CANCEL_HINT: NO}), CAMPAIGN)

    assert reasons(unread) == []


@pytest.mark.parametrize("status", [S.RUNNING, S.COMPLETED, S.CANCELLED])
def test_a_later_run_of_the_days_replaces_it_unless_it_fails_too(status: S) -> None:
    failed = ended(S.FAILED, ago=3 * HOUR)
    later = (
        run(execution("hilton", status=S.RUNNING, run="2"), CAMPAIGN)
        if status is S.RUNNING
        else ended(status, run="2")
    )

    assert reasons(failed, later) == []
    assert reasons(failed, ended(S.FAILED, run="2")) == [AlertReason.FAILED]


def test_a_later_run_of_some_of_the_days_leaves_the_others() -> None:
    failed, later = ended(S.FAILED, ago=3 * HOUR), ended(S.COMPLETED, window(1, 11))
    (trouble,) = troubles(failed, later)

    assert trouble.days == (window(11, 52),)


def test_several_failures_of_a_customer_are_one_alert_that_counts_them() -> None:
    (trouble,) = troubles(*(ended(S.FAILED, window(day, day + 5), ago=day * HOUR) for day in (1, 6, 11)))

    assert trouble.facts.runs == 3
    assert trouble.days == (window(1, 16),)


def test_an_earlier_run_of_the_days_replaces_it_only_if_a_later_count_proves_them() -> None:
    first = ended(S.COMPLETED, took=9 * HOUR, ago=4 * HOUR)
    failed = ended(S.FAILED, run="2", took=HOUR, ago=HOUR)

    assert reasons(first, failed) == [AlertReason.FAILED]
    assert reasons(counted(first, 4 * HOUR, matches=True), failed) == []


def test_an_open_sequence_of_the_days_replaces_it_and_one_of_other_days_does_not() -> None:
    failed = ended(S.FAILED, window(1, 6))

    assert reasons(failed, filled={"hilton": (FilledWindow(window(1, 11)),)}) == []
    others = {"hilton": (FilledWindow(window(11, 21)),), "vivint": (FilledWindow(CAMPAIGN),)}
    assert reasons(failed, filled=others) == [AlertReason.FAILED]


def test_a_window_of_a_sequence_is_left_to_its_sequence() -> None:
    days = window(1, 6)
    memo = dict(own_memo(Identity("hilton", days)))

    assert reasons(ended(S.FAILED, days, hints=memo)) == []


def test_a_reason_applies_to_what_ends_after_the_bot_first_ran_with_it() -> None:
    old = ended(S.FAILED, window(1, 6), ago=3 * HOUR)
    new = ended(S.FAILED, window(11, 16), ago=HOUR)
    since = {**EVERY, AlertReason.FAILED: NOW - 2 * HOUR}
    (trouble,) = troubles(old, new, since=since)

    assert trouble.days == (window(11, 16),)
    assert failed_before([old, new], NOW - 2 * HOUR) == 1


def test_a_reason_that_is_switched_off_is_silent_and_hides_no_other() -> None:
    doubtful = ended(S.COMPLETED, window(11, 16), hints={CANCEL_HINT: YES})
    without = {reason: since for reason, since in EVERY.items() if reason is not AlertReason.FAILED}

    assert reasons(ended(S.FAILED, window(1, 6)), doubtful) == [AlertReason.FAILED]
    assert reasons(ended(S.FAILED, window(1, 6)), doubtful, since=without) == [AlertReason.IN_DOUBT]
    assert reasons(ended(S.FAILED), since={}) == []


def test_a_run_that_tells_no_customer_needs_a_person_too_until_a_later_run_of_its_id() -> None:
    failed = replace(ended(S.FAILED, ago=3 * HOUR), identity=None)
    later = replace(ended(S.COMPLETED, run="2"), identity=None)
    (trouble,) = troubles(failed)

    assert trouble.run.name == failed.execution.ref.workflow_id
    assert reasons(failed, later) == []


def test_a_child_that_tells_no_customer_is_a_matter_of_its_parent() -> None:
    parent = run(execution("hilton"), CAMPAIGN)
    child = replace(
        ended(S.FAILED, window(1, 2), hints={PARENT_RUN_HINT: parent.execution.ref.run_id}), identity=None
    )

    assert reasons(parent, child) == []


def test_a_completed_run_that_was_asked_to_cancel_is_in_doubt_until_an_open_run_fills_its_days() -> None:
    doubtful = ended(S.COMPLETED, hints={CANCEL_HINT: YES}, ago=3 * HOUR)
    again = run(execution("hilton", run="2"), CAMPAIGN)
    (trouble,) = troubles(doubtful)

    assert trouble.reason is AlertReason.IN_DOUBT
    assert [days.window for days in trouble.facts.doubts] == [CAMPAIGN]
    assert reasons(doubtful, again) == []


def counted(completed: Run, after: timedelta, *, matches: bool) -> Run:
    """The run with a count, also, that began so long after it closed."""
    of: Execution = completed.execution
    assert of.closed_at
    count = CountedDays(CAMPAIGN, of.closed_at + after, matches=matches)
    return replace(completed, execution=replace(of, hints=with_counts(of, [count])))


def test_a_count_that_differs_needs_a_person_once_a_later_one_has_found_the_same() -> None:
    once = counted(ended(S.COMPLETED), 5 * HOUR, matches=False)

    assert reasons(once) == []
    assert reasons(counted(once, 5 * HOUR + SETTLE / 2, matches=False)) == []
    assert reasons(counted(once, 5 * HOUR + SETTLE, matches=False)) == [AlertReason.MISMATCH]
    assert reasons(counted(once, 5 * HOUR + SETTLE, matches=True)) == []
