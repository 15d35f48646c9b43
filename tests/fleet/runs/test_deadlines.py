"""When each run is described next."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.deadlines import AGAIN_AFTER, ARRIVAL, MARGIN, NextDescribe, deadline_of, next_describe
from bot.model import Activity, ActivityState, Pause
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
        activity(state=ActivityState.PAUSED, pause=Pause()),
        activity(state=ActivityState.PAUSE_REQUESTED, pause=Pause()),
        activity(state=ActivityState.CANCEL_REQUESTED, pause=Pause()),
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


def test_where_a_run_stands_is_kept_from_one_describe_to_the_next() -> None:
    before = NextDescribe(NOW, is_below=True)

    assert next_describe(description(), before, NOW, MINUTE).is_below


@pytest.mark.parametrize(
    ("timeout", "beat"),
    [
        pytest.param(10 * SECOND, 8 * SECOND, id="a worker holds heartbeats back for 0.8 of their timeout"),
        pytest.param(100 * SECOND, 60 * SECOND, id="but for no longer than a minute"),
        pytest.param(130 * SECOND, 120 * SECOND, id="so more than one may come before the deadline"),
    ],
)
def test_a_run_may_be_described_early_once_the_last_heartbeat_before_its_deadline_has_come(
    timeout: timedelta, beat: timedelta
) -> None:
    beating = description(activity(last_heartbeat_at=NOW, heartbeat_timeout=timeout))

    assert next_describe(beating, None, NOW, SLOW).early_at == NOW + beat + ARRIVAL


@pytest.mark.parametrize(
    "pending",
    [
        pytest.param(activity(last_heartbeat_at=NOW, heartbeat_timeout=2 * SECOND), id="the deadline is as early"),
        pytest.param(activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * MINUTE), id="one more comes before it"),
        pytest.param(activity(state=ActivityState.SCHEDULED, next_attempt_at=NOW + MINUTE), id="nothing runs"),
        pytest.param(activity(last_heartbeat_at=NOW - HOUR, started_at=NOW - HOUR), id="the deadline has passed"),
    ],
)
def test_where_an_early_describe_would_tell_less_there_is_none(pending: Activity) -> None:
    assert next_describe(description(pending), None, NOW, SLOW).early_at is None


def test_a_run_that_was_described_early_in_vain_waits_for_its_deadline() -> None:
    silent = description(activity(last_heartbeat_at=NOW, heartbeat_timeout=30 * SECOND))
    first = next_describe(silent, None, NOW, SLOW)
    assert first.early_at
    second = next_describe(silent, first, first.early_at, SLOW)

    assert (second.early_at, second.deadline) == (None, first.deadline)


def test_the_nearest_deadline_tells_when_it_is_early() -> None:
    near = activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * SECOND)
    far = activity(last_heartbeat_at=NOW - 25 * SECOND, heartbeat_timeout=60 * SECOND)

    assert next_describe(description(far, near), None, NOW, SLOW).early_at == NOW + 8 * SECOND + ARRIVAL


def test_nothing_happens_to_a_paused_activity_by_itself() -> None:
    waits = activity(state=ActivityState.SCHEDULED, next_attempt_at=NOW + MINUTE)

    assert deadline_of(waits) == NOW + MINUTE
    assert deadline_of(replace(waits, pause=Pause())) is None
