"""The state of a sequence: which windows it takes, how sizes adapt, and what follows from failures."""

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fleet.runs.heartbeat import UNSEEN_REST
from bot.fleet.sequence import state as sequence_state
from bot.fleet.sequence.halving import MAX_GROWTH, Settled, refuse, rest, settle
from bot.model import (
    Count,
    Doubt,
    DoubtReason,
    EndedWindow,
    ExecutionStatus,
    FollowedRun,
    Instruction,
    OnStuck,
    OpenRun,
    Order,
    Phase,
    RunningWindow,
    SequenceEnd,
    SequenceState,
    Sizes,
    TableCount,
    Window,
    WindowEnd,
)
from tests.fleet.sequence.courses import FIVE_MINUTES, HOUR, NOW, days, followed, ref, spec

COMPLETED, FAILED, CANCELLED = ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED
MATCHES = Count((TableCount("scores", 10, 10, 0),))
DIFFERS = Count((TableCount("scores", 10, 9, 0),))
NOT_COMPARED = Count((TableCount("scores", None, 9, 0),))
CANCEL = Doubt(DoubtReason.CANCEL_REQUESTED)
EMPTY = Count((TableCount("scores", None, 0, 0),))


def took(state: SequenceState) -> tuple[SequenceState, RunningWindow]:
    taken = sequence_state.take(state, NOW)
    assert taken
    return taken


def ran(state: SequenceState, run: FollowedRun, count: Count | None = MATCHES) -> Settled:
    """The result of its next window."""
    state, window = took(state)
    return settle(state, window, run, count if run.status is COMPLETED else None)


def each_day(windows: Iterable[Window]) -> list[Window]:
    return sorted(Window.of_days(day, 1) for window in windows for day in window.each_day())


def test_windows_are_cut_from_the_days_in_order_and_the_last_is_what_remains() -> None:
    state = sequence_state.begin(spec(days(1, 7), days(10, 3)))
    windows = []
    while taken := sequence_state.take(state, NOW):
        state, window = taken
        windows.append((window.number, window.window))

    assert windows == [(1, days(1, 5)), (2, days(6, 2)), (3, days(10, 3))]


def test_days_of_an_adopted_window_are_not_taken_again_and_unknown_ones_are_not_adopted() -> None:
    held = (OpenRun(ref(), days(3, 2)), OpenRun(ref("unknown"), None))
    state = sequence_state.begin(spec(days(1, 5), adopt=held))

    assert state.days == (days(1, 2), days(5))
    (adopted,) = sequence_state.adoptable(state.spec)
    assert sequence_state.adopt(state, adopted, NOW)[1].is_adopted


@pytest.mark.parametrize("held_up", [{"paused_by": "U1"}, {"stuck": True}])
def test_nothing_is_taken_while_paused_or_stuck(held_up: dict[str, object]) -> None:
    state = replace(sequence_state.begin(spec(days(1, 7))), **held_up)  # type: ignore[arg-type]

    assert sequence_state.take(state, NOW) is None


def test_a_window_as_long_as_wanted_leaves_the_size_as_it_is() -> None:
    settled = ran(sequence_state.begin(spec(days(1, 50))), followed(took=5 * HOUR))

    assert (settled.size_before, settled.size_after) == (5, 5)
    assert (settled.state.closed, settled.state.complete_days) == (1, 5)


@pytest.mark.parametrize("per_cent", [-5, -2, -1, 1, 2, 4, 5])
@pytest.mark.parametrize("size", [1, 5, 10])
def test_a_window_that_misses_the_target_by_a_few_per_cent_changes_no_size(size: int, per_cent: int) -> None:
    state = sequence_state.begin(spec(days(1, 50), sizes=Sizes(size, 1, 20, 5 * HOUR)))
    settled = ran(state, followed(took=5 * HOUR * (100 + per_cent) / 100))

    assert (settled.size_after, settled.state.size) == (size, state.size)


@pytest.mark.parametrize(("per_cent", "size"), [(6, 4), (20, 4), (26, 3), (-6, 5), (-17, 6), (-90, 6)])
def test_one_that_misses_it_by_more_does(per_cent: int, size: int) -> None:
    settled = ran(sequence_state.begin(spec(days(1, 50))), followed(took=5 * HOUR * (100 + per_cent) / 100))

    assert settled.size_after == size


def test_a_sequence_of_before_heeds_every_per_cent() -> None:
    state = replace(sequence_state.begin(spec(days(1, 50))), dead_band=0.0)

    assert ran(state, followed(took=5 * HOUR * 1.02)).size_after == 4


TIMES = st.floats(0.01, 100)


@settings(deadline=None)
@given(st.integers(1, 30), st.lists(TIMES, min_size=1, max_size=30))
def test_sizes_grow_by_a_fifth_or_a_day_at_most_and_stay_within_their_bounds(size: int, times: list[float]) -> None:
    state = sequence_state.begin(spec(days(1, 3_000), sizes=Sizes(size, 1, 2 * size, 5 * HOUR)))
    for times_the_target in times:
        before = sequence_state.whole_days(state)
        settled = ran(state, followed(took=5 * HOUR * times_the_target))
        state = settled.state

        assert 1 <= settled.size_after <= 2 * size
        assert settled.size_after <= max(before * 1.2, before + 1)
        if abs(times_the_target - 1) <= 0.05:
            assert settled.size_after == before


@settings(deadline=None)
@given(st.integers(1, 30), st.lists(TIMES, max_size=5), TIMES, TIMES)
def test_who_takes_longer_never_gets_longer_windows(size: int, past: list[float], first: float, other: float) -> None:
    state = sequence_state.begin(spec(days(1, 3_000), sizes=Sizes(size, 1, 2 * size, 5 * HOUR)))
    for before in past:
        state = ran(state, followed(took=5 * HOUR * before)).state
    quick, slow = sorted((first, other))

    assert (
        ran(state, followed(took=5 * HOUR * quick)).size_after
        >= ran(state, followed(took=5 * HOUR * slow)).size_after
    )


def test_a_slow_window_shrinks_the_next_as_far_as_needed_and_a_fast_one_grows_it_a_little() -> None:
    state = sequence_state.begin(spec(days(1, 50)))

    assert ran(state, followed(took=25 * HOUR)).size_after == 1
    assert ran(state, followed(took=HOUR)).size_after == 6
    assert ran(state, followed(took=timedelta(0))).size_after == 5


def test_growth_by_a_fifth_adds_up_on_small_windows() -> None:
    state = sequence_state.begin(spec(days(1, 50), sizes=Sizes(1, 1, 3, 10 * HOUR)))
    sizes = []
    for _ in range(8):
        settled = ran(state, followed(took=HOUR))
        state = settled.state
        sizes.append(settled.size_after)

    assert sizes == [1, 1, 1, 2, 2, 2, 3, 3]


def test_an_empty_window_tells_nothing_of_the_size() -> None:
    assert ran(sequence_state.begin(spec(days(1, 50))), followed(took=HOUR), EMPTY).size_after == 5


def test_a_window_whose_count_differs_is_marked_and_leaves_its_sequence_in_doubt() -> None:
    settled = ran(sequence_state.begin(spec(days(1, 5))), followed(), DIFFERS)

    assert settled.ended.end is WindowEnd.DIFFERS
    assert settled.state.troubled == (settled.ended,)
    assert sequence_state.outcome(settled.state) is SequenceEnd.IN_DOUBT


@pytest.mark.parametrize(
    "run", [followed(FAILED), followed(CANCELLED, timeouts=2), followed(ExecutionStatus.TIMED_OUT)]
)
def test_a_window_that_does_not_get_through_is_run_again_as_halves(run: FollowedRun) -> None:
    settled = ran(sequence_state.begin(spec(days(1, 10))), run)

    assert settled.halves == (days(1, 3), days(4, 2))
    assert settled.ended.end is WindowEnd.HALVED
    assert (settled.state.closed, settled.state.troubled) == (0, ())
    assert settled.size_after == 3
    assert took(settled.state)[1].window == days(1, 3)


def test_what_was_too_much_once_is_not_tried_again_by_growing() -> None:
    state = ran(sequence_state.begin(spec(days(1, 90))), followed(FAILED)).state
    sizes = set()
    while sequence_state.may_take(state):
        state = ran(state, followed(took=HOUR)).state
        sizes.add(sequence_state.whole_days(state))

    assert max(sizes) == 4


def test_after_a_cut_sizes_grow_half_of_the_way_back_and_only_from_what_has_got_through() -> None:
    state = ran(sequence_state.begin(spec(days(1, 90), sizes=Sizes(10, 1, 10, 50 * HOUR))), followed(FAILED)).state
    sizes = []
    for _ in range(6):
        settled = ran(state, followed(took=HOUR))
        state = settled.state
        sizes.append((settled.ended.window.days, settled.size_after))

    assert sizes == [(5, 6), (5, 6), (6, 7), (7, 7), (7, 7), (7, 7)]


def test_a_window_of_the_days_that_remain_of_a_range_does_not_make_longer_ones_grow() -> None:
    remains = ran(sequence_state.begin(spec(days(1, 2), days(5, 20))), followed(took=timedelta(minutes=1)))
    whole = ran(remains.state, followed(took=HOUR))

    assert (remains.ended.window, remains.size_after) == (days(1, 2), 5)
    assert (whole.ended.window.days, whole.size_after) == (5, 6)


def test_a_window_that_somebody_else_has_run_is_complete_and_tells_nothing_of_the_size() -> None:
    state, window = took(sequence_state.begin(spec(days(1, 50))))
    settled = settle(state, replace(window, is_found=True), followed(took=50 * HOUR), DIFFERS)

    assert (settled.ended.end, settled.ended.is_found) == (WindowEnd.DIFFERS, True)
    assert (settled.size_after, settled.state.proven, settled.state.complete_days) == (5, 0, 5)


def test_only_what_is_run_for_the_first_time_is_no_piece() -> None:
    state, first = took(sequence_state.begin(spec(days(1, 10))))
    state = settle(state, first, followed(FAILED), None).state
    state, half = took(state)
    _, other = took(state)

    assert (first.is_piece, half.is_piece, other.is_piece) == (False, True, True)


def test_a_sequence_of_an_earlier_version_goes_on_as_it_had_begun() -> None:
    state = replace(sequence_state.begin(spec(days(1, 90), sizes=Sizes(10, 1, 10, 50 * HOUR))), proven=None)
    state = ran(state, followed(FAILED)).state
    sizes = []
    for _ in range(5):
        settled = ran(state, followed(took=HOUR))
        state = settled.state
        sizes.append((settled.ended.window.days, settled.size_after))

    assert sizes == [(5, 6), (5, 7), (7, 8), (8, 9), (9, 9)]


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 300), st.booleans())
def test_few_windows_are_tried_that_are_too_big_and_none_twice(
    size: int, most_that_go: int, count: int, is_fast: bool
) -> None:
    state = sequence_state.begin(
        spec(days(1, count), sizes=Sizes(size, 1, 2 * size, 50 * HOUR), on_stuck=OnStuck.CONTINUE)
    )
    cut: list[int] = []
    through = 0
    while sequence_state.may_take(state):
        before, is_piece = state, bool(state.pieces)
        state, window = took(state)
        length = window.window.days
        if not is_piece and length > size:
            assert length <= max(through * MAX_GROWTH, through + 1)
        assert is_piece or all(length <= (tried + (tried + 1) // 2) // 2 for tried in cut)
        gets_through = length <= most_that_go
        run = followed(took=(1 if is_fast else 10 * length) * HOUR) if gets_through else followed(FAILED)
        state = settle(state, window, run, MATCHES).state
        if gets_through:
            through = max(through, length)
        elif not is_piece:
            cut.append(length)
        assert state.most <= before.most

    assert len(cut) == len(set(cut)) <= 2 + 3 * math.log2(2 * size)
    assert sequence_state.outcome(state) is SequenceEnd.COMPLETE


def test_halving_below_the_least_size_is_not_undone_at_once() -> None:
    state = sequence_state.begin(spec(days(1, 50), sizes=Sizes(5, 5, 10, 5 * HOUR)))
    state = ran(state, followed(FAILED)).state

    assert ran(state, followed(took=2 * HOUR)).size_after <= 3 * MAX_GROWTH


@pytest.mark.parametrize(
    ("run", "end"),
    [
        (followed(FAILED), WindowEnd.FAILED),
        (followed(CANCELLED, timeouts=2), WindowEnd.FAILED),
        (followed(CANCELLED), WindowEnd.CANCELLED),
        (followed(ExecutionStatus.TERMINATED), WindowEnd.CANCELLED),
    ],
)
@pytest.mark.parametrize("policy", OnStuck)
def test_a_day_that_does_not_get_through_is_recorded_and_the_policy_decides(
    run: FollowedRun, end: WindowEnd, policy: OnStuck
) -> None:
    state = sequence_state.begin(spec(days(1, 2), sizes=Sizes(1, 1, 1, HOUR), on_stuck=policy))
    settled = ran(state, run)

    assert [ended.end for ended in settled.state.troubled] == [end]
    assert settled.state.stuck is (policy is OnStuck.STOP)
    assert sequence_state.may_take(settled.state) is (policy is OnStuck.CONTINUE)


def test_a_window_in_doubt_is_complete_only_if_its_count_proves_it() -> None:
    state = sequence_state.begin(spec(days(1, 5)))
    proven = ran(state, followed(doubt=CANCEL), MATCHES)
    unproven = [ran(state, followed(doubt=CANCEL), count) for count in (None, DIFFERS, NOT_COMPARED)]

    assert (proven.ended.end, proven.state.complete_days) == (WindowEnd.COMPLETE, 5)
    assert {settled.ended.end for settled in unproven} == {WindowEnd.IN_DOUBT}
    assert {settled.ended.doubt for settled in unproven} == {CANCEL}
    assert {settled.state.complete_days for settled in unproven} == {0}
    assert {sequence_state.outcome(settled.state) for settled in unproven} == {SequenceEnd.STOPPED}


@pytest.mark.parametrize("policy", OnStuck)
def test_the_policy_decides_after_a_window_in_doubt(policy: OnStuck) -> None:
    settled = ran(sequence_state.begin(spec(days(1, 10), on_stuck=policy)), followed(doubt=CANCEL), None)

    assert settled.halves == ()
    assert sequence_state.may_take(settled.state) is (policy is OnStuck.CONTINUE)


def test_one_that_had_timed_out_too_often_and_returned_after_its_cancel_is_cut_in_halves() -> None:
    settled = ran(sequence_state.begin(spec(days(1, 10))), followed(doubt=CANCEL, timeouts=2), None)

    assert settled.halves == (days(1, 3), days(4, 2))


def test_a_window_in_doubt_of_a_stopped_sequence_stops_nothing_more() -> None:
    state, window = took(sequence_state.begin(spec(days(1, 10))))
    stopped = replace(state, stop=Instruction(Order.STOP, "U1", "enough"))
    settled = settle(stopped, window, followed(doubt=CANCEL), None)

    assert (settled.ended.end, settled.state.stuck) == (WindowEnd.IN_DOUBT, False)
    assert sequence_state.outcome(settled.state) is SequenceEnd.CANCELLED


def test_a_window_of_several_days_that_temporal_has_forgotten_is_not_cut() -> None:
    settled = ran(sequence_state.begin(spec(days(1, 5))), followed(FAILED, is_gone=True))

    assert (settled.halves, settled.ended.end, settled.state.stuck) == ((), WindowEnd.FAILED, True)


def test_a_refused_start_stops_whatever_the_policy() -> None:
    state, window = took(sequence_state.begin(spec(days(1, 10), on_stuck=OnStuck.CONTINUE)))
    settled = refuse(state, window, "no such search attribute", NOW + HOUR)

    assert settled.state.stuck
    assert (settled.ended.note, settled.ended.took) == ("no such search attribute", HOUR)
    assert sequence_state.outcome(settled.state) is SequenceEnd.STOPPED


def test_a_window_that_has_not_started_when_the_sequence_is_stopped_is_cancelled() -> None:
    state, window = took(sequence_state.begin(spec(days(1, 10))))
    stopped = replace(state, stop=Instruction(Order.STOP, "U1", "enough"))
    settled = refuse(stopped, window, "not known", NOW + HOUR)

    assert settled.ended.end is WindowEnd.CANCELLED
    assert sequence_state.outcome(settled.state) is SequenceEnd.CANCELLED


@pytest.mark.parametrize(
    ("run", "wait"),
    [
        (followed(), timedelta(0)),
        (followed(timeouts=3), timedelta(0)),
        (followed(FAILED), timedelta(0)),
        (followed(FAILED, timeouts=1), FIVE_MINUTES),
        (followed(CANCELLED), FIVE_MINUTES),
        (followed(ExecutionStatus.TERMINATED), FIVE_MINUTES),
        (followed(CANCELLED, heartbeat_timeout=timedelta(0)), UNSEEN_REST),
        (followed(FAILED, is_gone=True), timedelta(0)),
        (followed(doubt=CANCEL), FIVE_MINUTES),
    ],
)
def test_days_rest_for_as_long_as_a_silent_attempt_may_write(run: FollowedRun, wait: timedelta) -> None:
    assert rest(run) == wait


def test_what_completed_after_all_is_taken_out() -> None:
    state = sequence_state.without(sequence_state.begin(spec(days(1, 10))), days(3, 4))

    assert state.days == (days(1, 2), days(7, 4))


def test_what_only_cancels_is_complete_when_all_that_it_cancels_has_completed() -> None:
    first, second = OpenRun(ref("a"), days(1, 5)), OpenRun(ref("b"), None)
    state = sequence_state.begin(spec(clear=(first, second)))
    some, every = (
        sequence_state.without_complete(state, [first]),
        sequence_state.without_complete(state, [first, second]),
    )

    assert (sequence_state.outcome(some), sequence_state.outcome(every)) == (
        SequenceEnd.CANCELLED,
        SequenceEnd.COMPLETE,
    )
    assert (every.closed, every.complete_days) == (2, 5)


def test_phases_tell_what_it_is_doing() -> None:
    state = sequence_state.begin(spec(days(1, 10), clear=(OpenRun(ref(), None),)))
    cleared = replace(state, is_cleared=True)

    assert sequence_state.phase(state, 0) is Phase.CLEARING
    assert sequence_state.phase(cleared, 0) is Phase.RUNNING
    assert sequence_state.phase(replace(cleared, paused_by="U1"), 1) is Phase.PAUSED
    assert sequence_state.phase(replace(cleared, days=()), 0) is Phase.ENDED


def test_the_windows_still_to_come_are_counted_by_the_size_of_now() -> None:
    state, window = took(sequence_state.begin(spec(days(1, 51))))
    status = sequence_state.progress(state, (window,))

    assert (status.total, status.queued, status.queued_days, status.size) == (11, 10, 46, 5)


def test_a_sequence_that_leaves_days_out_is_incomplete() -> None:
    state = sequence_state.begin(spec(days(1)))
    skipped = replace(state, days=(), troubled=(EndedWindow(0, days(1), WindowEnd.SKIPPED, timedelta(0)),))

    assert sequence_state.outcome(skipped) is SequenceEnd.INCOMPLETE
    assert sequence_state.outcome(sequence_state.begin(spec())) is SequenceEnd.CANCELLED


ENDS = st.sampled_from([COMPLETED, FAILED, CANCELLED, ExecutionStatus.TERMINATED, ExecutionStatus.TIMED_OUT])
RUNS = st.tuples(ENDS, st.integers(0, 3), st.integers(0, 200))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 12)), min_size=1, max_size=4),
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 12)),
    st.lists(RUNS, max_size=40),
    st.sampled_from(OnStuck),
)
def test_no_day_is_lost_or_doubled_whatever_happens(
    gaps: list[tuple[int, int]],
    sizes: tuple[int, int, int],
    runs: list[tuple[ExecutionStatus, int, int]],
    policy: OnStuck,
) -> None:
    ranges, first = [], 1
    for gap, count in gaps:
        ranges.append(days(first + gap, count))
        first += gap + count + 1
    size, least, more = sizes
    bounds = Sizes(size, min(least, size), size + more, 5 * HOUR)
    state = sequence_state.begin(spec(*ranges, sizes=bounds, on_stuck=policy))
    done: list[Window] = []
    for step in range(200):
        if not sequence_state.may_take(state):
            break
        status, timeouts, hours = runs[step] if step < len(runs) else (COMPLETED, 0, 5)
        before = state.size
        state, window = took(state)
        assert window.window.days <= max(bounds.most, 1)
        settled = settle(state, window, followed(status, hours * HOUR, timeouts=timeouts), MATCHES)
        state = settled.state
        assert 0 < state.size <= max(before * MAX_GROWTH, 1)
        if settled.ended.end is WindowEnd.COMPLETE:
            done.append(window.window)

    left = [*done, *state.pieces, *state.days, *(ended.window for ended in state.troubled)]
    assert each_day(left) == each_day(ranges)
    assert not sequence_state.may_take(state)
    assert state.complete_days == len(each_day(done))


@settings(deadline=None)
@given(st.integers(1, 100), st.integers(1, 100))
def test_halving_ends_with_every_single_day(count: int, size: int) -> None:
    state = sequence_state.begin(spec(days(1, count), sizes=Sizes(size, 1, size, HOUR), on_stuck=OnStuck.CONTINUE))
    begun = 0
    while sequence_state.may_take(state):
        state = ran(state, followed(FAILED)).state
        begun += 1

    assert [ended.window for ended in state.troubled] == each_day([days(1, count)])
    assert begun <= 2 * count
