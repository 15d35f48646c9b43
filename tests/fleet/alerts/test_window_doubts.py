"""Doubts about a window of a sequence: those that the sequence has told need no alert, and later ones do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fleet.runs.child_facts import ChildAgainst, child_hints
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import own_memo
from bot.fleet.runs.run import Run
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.model import AlertReason, DoubtReason, ExecutionStatus
from bot.model.execution import CANCEL_HINT, CHILDREN_HINT, OPERATIONS_HINT, UNREAD_CHILDREN, YES
from tests.fleet.alerts.test_closed_runs import EVERY, SETTLE, ended, reasons, troubles
from tests.fleet.builders import HOUR, NOW, window

S = ExecutionStatus
DAYS = window(1, 6)
LAST_WEEK = timedelta(days=7)


def of_sequence(**hints: str) -> Run:
    """A window that a sequence completed a week ago."""
    return ended(S.COMPLETED, DAYS, ago=LAST_WEEK, hints={**own_memo(Identity("hilton", DAYS)), **hints})


def with_failed_child(known: str) -> Run:
    """The window after its children were read, of whom one failed; ``known`` is what was read before."""
    before = of_sequence(**{CHILDREN_HINT: known})
    hints = child_hints(before.execution, [ChildAgainst("copy-4", S.FAILED)])
    return replace(before, execution=replace(before.execution, hints={**before.execution.hints, **hints}))


def counted(completed: Run, *after: timedelta) -> Run:
    """The window with counts that differ, so long after its end."""
    for each in after:
        of = completed.execution
        assert of.closed_at
        count = CountedDays(DAYS, of.closed_at + each, matches=False)
        completed = replace(completed, execution=replace(of, hints=with_counts(of, [count])))
    return completed


def test_a_later_run_of_its_days_that_somebody_else_cancelled_needs_a_person() -> None:
    (trouble,) = troubles(of_sequence(), ended(S.CANCELLED, DAYS, run="2"))

    assert (trouble.reason, trouble.days) == (AlertReason.IN_DOUBT, (DAYS,))
    assert [days.doubt.reason for days in trouble.facts.doubts] == [DoubtReason.LATER_RUN]


def test_the_later_run_and_not_the_window_decides_whether_that_was_before_the_bot_knew_the_reason() -> None:
    of_days, again = of_sequence(), ended(S.CANCELLED, DAYS, run="2", ago=HOUR)

    assert reasons(of_days, again, since={**EVERY, AlertReason.IN_DOUBT: NOW - 2 * HOUR}) == [AlertReason.IN_DOUBT]
    assert reasons(of_days, again, since={**EVERY, AlertReason.IN_DOUBT: NOW}) == []


@pytest.mark.parametrize("hints", [{CANCEL_HINT: YES}, {OPERATIONS_HINT: '["copy"]'}])
def test_what_the_sequence_saw_when_the_window_ended_needs_nobody_else(hints: dict[str, str]) -> None:
    assert of_sequence(**hints).is_completed
    assert reasons(of_sequence(**hints)) == []


def test_a_failed_child_needs_a_person_if_it_was_found_only_after_the_window_had_ended() -> None:
    (late,) = troubles(with_failed_child(known="[]"))

    assert [days.doubt.reason for days in late.facts.doubts] == [DoubtReason.CHILD_ENDED]
    assert reasons(with_failed_child(known=UNREAD_CHILDREN)) == []
    assert reasons(with_failed_child(known='[["copy-4", "running"]]')) == []


def test_rows_that_differ_need_a_person_unless_the_sequence_has_counted_them_so() -> None:
    day = timedelta(days=1)

    assert reasons(counted(of_sequence(), day, day + SETTLE)) == [AlertReason.MISMATCH]
    assert reasons(counted(of_sequence(), timedelta(minutes=1), day)) == []
