"""When the next look at a run is due, and what is recorded of a look."""

from datetime import timedelta

import pytest

from bot.fleet.runs.observation import MARGIN, failures_of, joined, next_look, observations_of
from bot.model import Activity, ActivityState, Observation, SeenFailure
from tests.fleet.builders import BOOM, HOUR, MINUTE, NOW, TIMED_OUT, activity, description, execution, seen

SECOND = timedelta(seconds=1)
SLOW = 10 * MINUTE


def due(*activities: Activity, slow: timedelta = SLOW) -> timedelta:
    return next_look(description(*activities), NOW, slow) - NOW


def test_a_look_is_due_when_the_last_heartbeat_may_have_timed_out() -> None:
    assert due(activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * SECOND)) == 18 * SECOND


def test_the_allowance_for_held_back_heartbeats_is_at_most_a_minute() -> None:
    assert due(activity(last_heartbeat_at=NOW, heartbeat_timeout=5 * MINUTE)) == 6 * MINUTE


def test_without_a_heartbeat_the_timeout_counts_from_the_start() -> None:
    pending = activity(last_heartbeat_at=None, started_at=NOW - 5 * SECOND, heartbeat_timeout=10 * SECOND)

    assert due(pending) == 13 * SECOND


def test_a_new_attempt_has_its_whole_timeout_from_its_own_start() -> None:
    pending = activity(last_heartbeat_at=NOW - HOUR, started_at=NOW, heartbeat_timeout=10 * SECOND)

    assert due(pending) == 18 * SECOND


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


def test_a_retry_is_looked_at_just_after_it_should_have_begun() -> None:
    pending = activity(state=ActivityState.SCHEDULED, next_attempt_at=NOW + 30 * SECOND)

    assert due(pending) == 30 * SECOND + MARGIN


def test_an_overdue_activity_is_looked_at_soon_but_not_at_once() -> None:
    assert due(activity(last_heartbeat_at=NOW - HOUR, started_at=NOW - HOUR)) == MARGIN


def test_the_nearest_of_several_deadlines_counts() -> None:
    near = activity(last_heartbeat_at=NOW, heartbeat_timeout=10 * SECOND)

    assert due(activity(heartbeat_timeout=None), near) == 18 * SECOND


def test_a_failure_is_kept_as_the_attempt_before_the_present_one() -> None:
    (kept,) = failures_of(description(activity(attempt=3, last_failure=TIMED_OUT), activity(activity_id="2")), NOW)

    assert kept == SeenFailure(execution().ref, "1", 2, TIMED_OUT, NOW)


def test_failures_of_each_attempt_are_kept_once_as_seen_first() -> None:
    first, again, other = seen(1), SeenFailure(execution().ref, "1", 1, BOOM, NOW), seen(2)

    assert joined([first], [again, other]) == (first, other)
    assert joined([other], [first]) == (first, other)


def test_details_are_noted_when_they_are_new_or_have_changed() -> None:
    described = description(activity(details="1"), activity(activity_id="2", details=""), activity(activity_id="3"))
    unchanged = Observation(execution().ref, "3", activity().details, NOW - HOUR)

    assert observations_of(described, [unchanged], NOW) == (Observation(execution().ref, "1", "1", NOW),)


def test_what_another_run_told_does_not_count() -> None:
    other = Observation(execution("vivint").ref, "1", activity().details, NOW - HOUR)

    assert len(observations_of(description(activity()), [other], NOW)) == 1


def test_what_a_clock_that_was_ahead_has_observed_is_observed_anew() -> None:
    wrong = Observation(execution().ref, "1", "1", NOW + 2 * HOUR)

    (new,) = observations_of(description(activity(details="1")), [wrong], NOW)
    assert new.changed_at == NOW
