"""When each run is described next, and in which order runs are."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.deadlines import (
    AGAIN_AFTER,
    MARGIN,
    SHARE_OF_ROUNDS,
    DescribeQueue,
    NextDescribe,
    next_describe,
)
from bot.model import Activity, ActivityState, Ref
from tests.fleet.builders import HOUR, MINUTE, NOW, activity, description

SECOND = timedelta(seconds=1)
SLOW = 10 * MINUTE
SECONDS = st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds))


def due(*activities: Activity) -> timedelta:
    return next_describe(description(*activities), None, NOW, SLOW).at - NOW


def test_a_run_is_described_when_its_last_heartbeat_can_have_timed_out_and_workers_may_hold_none_back() -> None:
    assert due(activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * SECOND)) == 10 * SECOND + MARGIN
    assert due(activity(last_heartbeat_at=NOW, heartbeat_timeout=5 * MINUTE)) == 5 * MINUTE + MARGIN


def test_without_a_heartbeat_the_timeout_counts_from_the_start() -> None:
    pending = activity(last_heartbeat_at=None, started_at=NOW - 5 * SECOND, heartbeat_timeout=10 * SECOND)

    assert due(pending) == 5 * SECOND + MARGIN


def test_a_new_attempt_has_its_whole_timeout_from_its_own_start() -> None:
    pending = activity(last_heartbeat_at=NOW - HOUR, started_at=NOW, heartbeat_timeout=10 * SECOND)

    assert due(pending) == 10 * SECOND + MARGIN


@pytest.mark.parametrize(
    "pending",
    [
        activity(heartbeat_timeout=None),
        activity(last_heartbeat_at=NOW, heartbeat_timeout=2 * HOUR),
        activity(state=ActivityState.PAUSED),
        activity(state=ActivityState.SCHEDULED),
        activity(last_heartbeat_at=None, started_at=None),
    ],
)
def test_whatever_has_no_nearer_deadline_waits_for_the_slow_round(pending: Activity) -> None:
    assert due(pending) == SLOW


def test_an_execution_without_activities_waits_for_the_slow_round() -> None:
    assert due() == SLOW


def test_a_pending_attempt_is_due_at_its_scheduled_time() -> None:
    assert due(activity(state=ActivityState.SCHEDULED, next_attempt_at=NOW + 30 * SECOND)) == 30 * SECOND


def test_the_nearest_of_several_deadlines_counts() -> None:
    near = activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * SECOND)

    assert due(activity(heartbeat_timeout=None), near) == 10 * SECOND + MARGIN


def test_what_has_not_timed_out_although_it_is_due_is_described_again_soon_and_then_in_slow_rounds() -> None:
    overdue = description(activity(last_heartbeat_at=NOW - HOUR, started_at=NOW - HOUR))
    now, coming, waits = NOW, None, list[timedelta]()
    for _ in range(len(AGAIN_AFTER) + 2):
        coming = next_describe(overdue, coming, now, SLOW)
        waits.append(coming.at - now)
        now = coming.at

    assert waits == [*AGAIN_AFTER, SLOW, SLOW]


def test_a_heartbeat_meanwhile_begins_it_anew() -> None:
    overdue = activity(last_heartbeat_at=NOW - HOUR, started_at=NOW - HOUR, heartbeat_timeout=10 * SECOND)
    coming = next_describe(description(overdue), None, NOW, SLOW)
    beats = activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * SECOND)
    beating = next_describe(description(beats), coming, NOW + SECOND, SLOW)
    late = next_describe(description(beats), beating, NOW + MINUTE, SLOW)

    assert beating.at == NOW + 10 * SECOND + MARGIN
    assert late.at == NOW + MINUTE + AGAIN_AFTER[0]


@given(ahead=SECONDS, beat=SECONDS, passed=SECONDS)
def test_a_wrong_clock_moves_every_time_by_its_error_and_nothing_else(
    ahead: timedelta, beat: timedelta, passed: timedelta
) -> None:
    pending = description(activity(last_heartbeat_at=NOW - beat, started_at=NOW - HOUR))
    right = next_describe(pending, None, NOW + passed, SLOW)
    wrong = next_describe(pending, None, NOW + passed + ahead, SLOW, ahead)

    assert wrong.at - ahead == right.at


@given(beat=SECONDS, timeout=SECONDS, passed=SECONDS)
def test_the_next_time_is_in_the_future_and_within_the_slow_round(
    beat: timedelta, timeout: timedelta, passed: timedelta
) -> None:
    pending = activity(last_heartbeat_at=NOW - beat, started_at=NOW - HOUR, heartbeat_timeout=timeout)
    now = NOW + passed

    assert now < next_describe(description(pending), None, now, SLOW).at <= now + SLOW


REFS = st.integers(0, 20).map(lambda number: Ref("voice-prod", f"copy-{number:02}", "run"))
TIMES = st.builds(
    NextDescribe,
    round_at=SECONDS.map(lambda span: NOW + span),
    deadline=st.none() | SECONDS.map(lambda span: NOW + span),
)
CHANGES = st.lists(st.tuples(REFS, st.none() | TIMES), max_size=60)


def queue_after(changes: list[tuple[Ref, NextDescribe | None]]) -> tuple[DescribeQueue, dict[Ref, NextDescribe]]:
    """The queue, and what is to be in it."""
    queue, expected = DescribeQueue(), dict[Ref, NextDescribe]()
    for ref, coming in changes:
        if coming is None:
            queue.discard(ref)
            expected.pop(ref, None)
        else:
            queue.put(ref, coming)
            expected[ref] = coming
        queue.earliest()
    return queue, expected


@given(CHANGES, SECONDS)
def test_everything_that_is_due_and_nothing_else_comes_up(
    changes: list[tuple[Ref, NextDescribe | None]], passed: timedelta
) -> None:
    queue, expected = queue_after(changes)
    now = NOW + passed
    found = queue.due(now, 1_000)

    assert sorted(found) == sorted(ref for ref, coming in expected.items() if coming.at <= now)
    assert queue.due(now, 1_000) == found
    assert queue.earliest() == min((coming.at for coming in expected.values()), default=None)
    assert set(queue.refs) == set(expected)


@given(CHANGES, st.integers(0, 30))
def test_deadlines_come_first_and_oldest_first_and_slow_rounds_keep_their_share(
    changes: list[tuple[Ref, NextDescribe | None]], at_most: int
) -> None:
    queue, expected = queue_after(changes)
    now = NOW + 5 * MINUTE
    found = queue.due(now, at_most)
    deadlines = {ref: at for ref, coming in expected.items() if (at := coming.deadline) and at <= now}
    ready = [ref for ref, coming in expected.items() if coming.at <= now]
    most_urgent = min(len(deadlines), at_most - at_most // SHARE_OF_ROUNDS)

    assert len(found) == len(set(found)) == min(at_most, len(ready))
    assert [deadlines[ref] for ref in found[:most_urgent]] == sorted(deadlines.values())[:most_urgent]


def test_runs_that_get_new_times_again_and_again_leave_no_heap_behind() -> None:
    queue, ref = DescribeQueue(), Ref("voice-prod", "copy", "run")
    for number in range(10_000):
        queue.put(ref, NextDescribe(NOW + HOUR + number * SECOND))

    assert queue.due(NOW + 2 * HOUR + 10_000 * SECOND, 5) == [ref]
    assert len(queue._top._rounds._heap) < 100


def test_the_lag_is_the_wait_of_the_run_that_is_overdue_most() -> None:
    queue = DescribeQueue()
    none = queue.lag(NOW)
    queue.put(Ref("voice-prod", "a", "run"), NextDescribe(NOW + MINUTE))
    queue.put(Ref("voice-prod", "b", "run"), NextDescribe(NOW + HOUR, NOW + 2 * MINUTE))

    assert (none, queue.lag(NOW), queue.lag(NOW + 3 * MINUTE)) == (timedelta(0), timedelta(0), 2 * MINUTE)


def test_runs_below_others_come_last_and_keep_one_place_in_ten() -> None:
    queue = DescribeQueue()
    for number in range(30):
        top, below = Ref("voice-prod", f"top-{number:02}", "run"), Ref("voice-prod", f"below-{number:02}", "run")
        queue.put(top, NextDescribe(NOW))
        queue.put(below, NextDescribe(NOW - HOUR, NOW - HOUR, is_below=True))

    found = [ref.workflow_id.partition("-")[0] for ref in queue.due(NOW, 20)]
    assert found == ["top"] * 18 + ["below"] * 2


def test_a_run_that_turns_out_to_be_below_another_one_is_due_once() -> None:
    queue, ref = DescribeQueue(), Ref("voice-prod", "copy", "run")
    queue.put(ref, NextDescribe(NOW, NOW))
    queue.put(ref, NextDescribe(NOW, is_below=True))

    assert queue.due(NOW, 5) == [ref]
    assert queue.lag(NOW + MINUTE) == MINUTE


def test_where_a_run_stands_is_kept_from_one_describe_to_the_next() -> None:
    before = NextDescribe(NOW, is_below=True)

    assert next_describe(description(), before, NOW, MINUTE).is_below
