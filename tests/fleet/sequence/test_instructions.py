"""Instructions: which a sequence accepts, how it refuses others, and that none loses or doubles a day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fleet.sequence import state as sequence_state
from bot.fleet.sequence.halving import settle
from bot.fleet.sequence.instructions import MOST_DAYS, apply, refusal
from bot.model import (
    Count,
    EndedWindow,
    ExecutionStatus,
    Instruction,
    OnStuck,
    Order,
    Pause,
    SequenceEnd,
    SequenceState,
    TableCount,
    Window,
    WindowEnd,
)
from tests.fleet.sequence.courses import NOW, days, followed, running, spec
from tests.fleet.sequence.test_state import each_day

DIFFERS = Count((TableCount("scores", 10, 9, 0),))


def instruct(order: Order, window: Window | None = None, size: int | None = None) -> Instruction:
    return Instruction(order, "U0OSCAR", "because", size, window)


def failed(window: Window, number: int = 1) -> EndedWindow:
    return EndedWindow(number, window, WindowEnd.FAILED, timedelta(hours=1))


def state(count: int = 10) -> SequenceState:
    return sequence_state.begin(spec(days(1, count)))


def test_it_is_paused_and_resumed_once() -> None:
    paused = apply(state(), instruct(Order.PAUSE), NOW)

    assert paused.paused_by == "U0OSCAR"
    assert sequence_state.progress(paused, ()).pause == Pause("U0OSCAR", NOW, "because")
    assert refusal(paused, instruct(Order.PAUSE), ()) == "The sequence is paused already."
    assert refusal(state(), instruct(Order.RESUME), ()) == "The sequence is not paused."
    assert apply(paused, instruct(Order.RESUME)) == state()


@pytest.mark.parametrize("size", [None, 0, -1, MOST_DAYS + 1])
def test_sizes_out_of_bounds_are_not_taken(size: int | None) -> None:
    assert refusal(state(), instruct(Order.RESIZE, size=size), ()) == "A window has 1 to 3650 days."


def test_a_size_that_is_asked_for_is_kept() -> None:
    resized = apply(state(90), instruct(Order.RESIZE, size=2))
    taken = sequence_state.take(resized, NOW)
    assert taken
    after = settle(taken[0], taken[1], followed(took=timedelta(minutes=1)), None)

    assert (taken[1].window, after.size_after) == (days(1, 2), 2)


def test_stopping_ends_a_pause_and_is_final() -> None:
    stopped = apply(apply(state(), instruct(Order.PAUSE)), instruct(Order.STOP))

    assert (stopped.paused_by, sequence_state.is_over(stopped, 0), sequence_state.is_over(stopped, 1)) == (
        "",
        True,
        False,
    )
    assert {refusal(stopped, instruct(order), ()) for order in Order} == {"The sequence is being cancelled."}
    assert sequence_state.outcome(stopped) is SequenceEnd.CANCELLED


def test_a_stop_that_came_too_late_to_leave_anything_out_leaves_it_complete() -> None:
    taken = sequence_state.take(state(5), NOW)
    assert taken
    stopped = apply(taken[0], instruct(Order.STOP))

    assert sequence_state.outcome(settle(stopped, taken[1], followed(), None).state) is SequenceEnd.COMPLETE
    cancelled = settle(stopped, taken[1], followed(ExecutionStatus.CANCELLED), None)
    assert (cancelled.ended.end, cancelled.halves) == (WindowEnd.CANCELLED, ())
    assert sequence_state.outcome(cancelled.state) is SequenceEnd.CANCELLED


def test_only_days_to_come_can_be_skipped() -> None:
    skipped = apply(state(), instruct(Order.SKIP, days(8, 10)))

    assert [(ended.window, ended.end) for ended in skipped.troubled] == [(days(8, 3), WindowEnd.SKIPPED)]
    assert skipped.days == (days(1, 7),)
    assert refusal(skipped, instruct(Order.SKIP, days(8, 3)), ()) == "No window of these days is still to come."
    assert refusal(state(), instruct(Order.SKIP), ()) == "No window of these days is still to come."


def test_days_left_out_are_no_windows_so_the_numbers_of_the_others_do_not_jump() -> None:
    """Nine windows of five days, of which the days of two and a half are left out."""
    before = sequence_state.take(sequence_state.begin(spec(days(1, 45))), NOW)
    assert before
    after = sequence_state.take(apply(before[0], instruct(Order.SKIP, days(11, 13))), NOW)
    assert after
    was, now = (
        sequence_state.progress(before[0], (before[1],)),
        sequence_state.progress(after[0], (before[1], after[1])),
    )

    assert (was.closed, was.numbers, was.total) == (0, (1, 1), 9)
    assert (now.closed, now.numbers, now.total) == (0, (1, 2), 7)
    assert (now.skipped_days, now.marked) == (13, ())


def test_all_days_left_out_leave_no_window_done() -> None:
    shown = sequence_state.progress(apply(state(), instruct(Order.SKIP, days(1, 10))), ())

    assert (shown.closed, shown.total, shown.skipped_days) == (0, 0, 10)


def test_what_was_left_out_and_is_run_after_all_is_a_window_again() -> None:
    skipped = apply(state(), instruct(Order.SKIP, days(1, 5)))
    again = sequence_state.progress(apply(skipped, instruct(Order.AGAIN, days(1, 5))), ())

    assert (again.closed, again.total, again.skipped_days) == (0, 2, 0)


def test_many_days_that_were_left_out_are_cut_by_the_size_of_now_when_they_are_run_after_all() -> None:
    """In one window they would take as long as the backfill that windows were made for."""
    left_out = state(45)
    for window in (days(6, 10), days(16, 25)):
        left_out = apply(left_out, instruct(Order.SKIP, window))
    again = apply(apply(left_out, instruct(Order.RESIZE, size=3)), instruct(Order.AGAIN, days(6, 40)))
    taken = sequence_state.take(again, NOW)
    assert taken

    assert (taken[1].window, taken[1].is_piece) == (days(6, 3), True)
    assert sequence_state.progress(again, ()).total == 12 + 2 + 2


def test_a_sequence_of_before_runs_what_was_left_out_as_it_did_then() -> None:
    """Its history is replayed, and has the starts of these windows."""
    left_out = apply(replace(state(20), counts_skipped=True), instruct(Order.SKIP, days(1, 10)))

    assert apply(left_out, instruct(Order.AGAIN, days(1, 10))).pieces == (days(1, 10),)


@pytest.mark.parametrize("closed", [0, 1, 3])
def test_a_state_of_before_which_counted_what_is_left_out_goes_on_without(closed: int) -> None:
    marks = (failed(days(1)), EndedWindow(0, days(2, 2), WindowEnd.SKIPPED, timedelta(0)))
    old = replace(state(), closed=closed, troubled=marks, counts_skipped=True)
    now = sequence_state.upgrade_state(old)

    assert now.closed == max(0, closed - 1)
    assert sequence_state.upgrade_state(now) == now


def test_only_troubled_days_are_run_again_and_the_others_of_the_range_are_not() -> None:
    troubled = replace(state(), days=(), troubled=(failed(days(3, 4)), failed(days(9), 2)), closed=3, stuck=True)
    again = apply(troubled, instruct(Order.AGAIN, days(5, 6)))

    assert again.pieces == (days(5, 2), days(9))
    assert [ended.window for ended in again.troubled] == [days(3, 2)]
    assert (again.closed, again.stuck) == (2, False)


def test_a_window_that_was_run_again_in_its_middle_first_is_taken_for_one_window() -> None:
    troubled = replace(state(), days=(), troubled=(failed(days(1, 9)),), closed=1)
    middle = apply(troubled, instruct(Order.AGAIN, days(4, 3)))
    every = apply(middle, instruct(Order.AGAIN, days(1, 9)))

    assert (middle.closed, sequence_state.progress(middle, ()).total) == (1, 2)
    assert (every.closed, sequence_state.progress(every, ()).total) == (0, 3)


def test_marks_of_others_stay_windows_that_are_over() -> None:
    marks = (failed(days(1, 9)), failed(days(10, 2), 2))
    middle = apply(replace(state(), days=(), troubled=marks, closed=2), instruct(Order.AGAIN, days(4, 3)))

    assert apply(middle, instruct(Order.AGAIN, days(1, 9))).closed == 1


def test_days_whose_count_differs_are_not_counted_twice() -> None:
    taken = sequence_state.take(state(5), NOW)
    assert taken
    differs = settle(taken[0], taken[1], followed(), DIFFERS).state

    assert apply(differs, instruct(Order.AGAIN, days(1, 5))).complete_days == 0


@pytest.mark.parametrize(
    ("window", "why"),
    [
        (None, "It is not said which days are to be run again."),
        (days(1, 5), "A window of these days runs now."),
        (days(7), "A window of these days is still to come."),
        (days(30), "No window of these days has failed, differs or was skipped in this sequence."),
    ],
)
def test_what_has_no_trouble_is_not_run_again(window: Window | None, why: str) -> None:
    taken = sequence_state.take(state(), NOW)
    assert taken

    assert refusal(taken[0], instruct(Order.AGAIN, window), (running(days(1, 5)),)) == why


ORDERS = st.tuples(st.sampled_from(Order), st.integers(1, 30), st.integers(1, 12))


@settings(deadline=None)
@given(st.lists(ORDERS | st.sampled_from(ExecutionStatus), max_size=40))
def test_no_order_loses_or_doubles_a_day(steps: list[tuple[Order, int, int] | ExecutionStatus]) -> None:
    whole = days(1, 30)
    now = sequence_state.begin(spec(whole, on_stuck=OnStuck.CONTINUE))
    done: list[Window] = []
    for step in steps:
        if isinstance(step, tuple):
            order, first, count = step
            instruction = instruct(order, days(first, count), count)
            now = now if refusal(now, instruction, ()) else apply(now, instruction)
            continue
        if step.is_open or step is ExecutionStatus.CONTINUED_AS_NEW:
            continue
        if taken := sequence_state.take(now, NOW):
            settled = settle(taken[0], taken[1], followed(step), None)
            now = settled.state
            done += [settled.ended.window] if settled.ended.end is WindowEnd.COMPLETE else []

    assert each_day([*done, *now.pieces, *now.days, *(ended.window for ended in now.troubled)]) == each_day([whole])
    assert now.complete_days == len(each_day(done))
    assert now.closed >= 0
    shown = sequence_state.progress(now, ())
    assert shown.total == shown.closed + shown.queued
    assert shown.skipped_days == len(
        each_day(ended.window for ended in now.troubled if ended.end is WindowEnd.SKIPPED)
    )
