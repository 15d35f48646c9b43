"""The health of an open run, case by case of the table in docs/states.md."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.runs.assessment import (
    ActivityPaused,
    Assessment,
    FailingActivity,
    LastFailure,
    NotPickedUp,
    RepeatedHeartbeat,
    SeveralActivities,
    TimedOutEarlier,
    WorkflowPaused,
    WorkflowTaskFails,
    WorkflowTaskNotTaken,
)
from bot.fleet.runs.health import Past, assess
from bot.model import Activity, ActivityState, AlertReason, Failure, Health, Observation, Pause
from tests.fleet.builders import (
    BOOM,
    HOUR,
    MINUTE,
    NOW,
    PATIENCE,
    TIMED_OUT,
    activity,
    description,
    observation,
    seen,
)

HEARTBEAT = AlertReason.HEARTBEAT_TIMEOUT
REACHED = "day 2026-01-07, 12,345 of 57,300 rows"


def assessed(*activities: Activity, past: Past | None = None, **changes: Any) -> Assessment:
    return assess(description(*activities, **changes), past or Past(), PATIENCE, NOW)


def beating(changed_ago: timedelta, **changes: object) -> tuple[Activity, Past]:
    """An activity that started long ago, and whose heartbeats have not changed for ``changed_ago``."""
    copying = activity(started_at=NOW - 20 * HOUR, **changes)
    return copying, Past([observation(NOW - changed_ago, copying)])


def test_22_hours_on_attempt_1_are_healthy() -> None:
    long = activity(started_at=NOW - 22 * HOUR, scheduled_at=NOW - 22 * HOUR)
    assessment = assessed(long)

    assert (assessment.health, assessment.attempt, assessment.reasons) == (Health.HEALTHY, 1, ())
    assert assessment.progress.text == "day 2026-01-07, 12,345 of 57,300 rows"


@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=48), timedelta(seconds=59), MINUTE, 5 * MINUTE])
def test_a_heartbeat_of_any_age_is_healthy_until_temporal_times_it_out(age: timedelta) -> None:
    assert assessed(activity(last_heartbeat_at=NOW - age)).health is Health.HEALTHY


def test_a_heartbeat_timeout_makes_it_struggle() -> None:
    assessment = assessed(activity(attempt=2, last_failure=TIMED_OUT))

    assert (assessment.health, assessment.attempt, assessment.alert_reason) == (Health.STRUGGLING, 2, HEARTBEAT)
    assert assessment.reasons == (LastFailure(TIMED_OUT),)
    assert assessment.last_failure == TIMED_OUT


def test_another_failure_makes_it_retry_and_is_told() -> None:
    assessment = assessed(activity(attempt=3, last_failure=BOOM))

    assert (assessment.health, assessment.reasons) == (Health.RETRYING, (LastFailure(BOOM),))
    assert assessment.alert_reason is None


def test_a_later_attempt_without_a_known_failure_is_retrying() -> None:
    assessment = assessed(activity(attempt=2))

    assert (assessment.health, assessment.reasons) == (Health.RETRYING, (LastFailure(None),))


def test_a_failure_on_the_way_back_to_attempt_1_is_healthy() -> None:
    assert assessed(activity(attempt=1, last_failure=BOOM)).health is Health.HEALTHY


@pytest.mark.parametrize("last_failure", [None, BOOM])
def test_a_heartbeat_timeout_earlier_in_the_run_still_makes_it_struggle(last_failure: Failure | None) -> None:
    now = activity(attempt=3, last_failure=last_failure)
    assessment = assessed(now, past=Past(failures=[seen(1)]))

    assert (assessment.health, assessment.alert_reason) == (Health.STRUGGLING, HEARTBEAT)
    assert assessment.reasons == (TimedOutEarlier(1, (LastFailure(last_failure),)),)


def test_earlier_heartbeat_timeouts_are_counted() -> None:
    assessment = assessed(activity(), past=Past(failures=[seen(1), seen(2), seen(3, BOOM)]))

    assert assessment.reasons == (TimedOutEarlier(2),)


def test_other_earlier_failures_alone_do_not_make_it_struggle() -> None:
    assert assessed(activity(), past=Past(failures=[seen(1, BOOM)])).health is Health.HEALTHY


def test_details_that_have_not_changed_for_too_long_are_stalled() -> None:
    copying, past = beating(HOUR)
    assessment = assessed(copying, past=past)

    assert assessment.health is Health.STALLED
    assert assessment.reasons == (RepeatedHeartbeat(HOUR),)


@pytest.mark.parametrize(
    ("changed_ago", "changes"),
    [
        (HOUR - timedelta(seconds=1), {}),
        (2 * HOUR, {"details": ""}),
        (2 * HOUR, {"details": '"encrypted"', "is_encrypted": True}),
        (2 * HOUR, {"last_heartbeat_at": NOW - 2 * MINUTE}),
        (2 * HOUR, {"last_heartbeat_at": None}),
        (2 * HOUR, {"state": ActivityState.PAUSED}),
        (2 * HOUR, {"state": ActivityState.PAUSE_REQUESTED}),
    ],
)
def test_it_is_not_stalled_while_something_may_still_be_new(
    changed_ago: timedelta, changes: dict[str, object]
) -> None:
    copying, past = beating(changed_ago, **changes)

    assert assessed(copying, past=past).health is Health.HEALTHY


def test_it_is_not_stalled_when_the_details_have_changed_since() -> None:
    copying, past = beating(2 * HOUR)

    assert assessed(replace(copying, details='{"rows":2}'), past=past).health is Health.HEALTHY


def test_a_new_attempt_is_not_stalled_by_the_details_of_the_one_before() -> None:
    copying, past = beating(5 * HOUR)

    assert assessed(replace(copying, started_at=NOW - MINUTE), past=past).health is Health.HEALTHY


def test_it_is_not_stalled_by_what_another_activity_told() -> None:
    copying, _ = beating(5 * HOUR)
    other = Observation(description().execution.ref, "2", copying.details, NOW - 5 * HOUR)

    assert assessed(copying, past=Past([other])).health is Health.HEALTHY


def scheduled(**changes: object) -> Activity:
    return activity(state=ActivityState.SCHEDULED, started_at=None, last_heartbeat_at=None, details="", **changes)


def test_an_activity_that_nobody_picks_up_is_waiting() -> None:
    assessment = assessed(scheduled(scheduled_at=NOW - 10 * MINUTE))

    assert (assessment.health, assessment.waiting_since) == (Health.WAITING, NOW - 10 * MINUTE)
    assert assessment.reasons == (NotPickedUp(10 * MINUTE),)


@pytest.mark.parametrize(
    "changes",
    [
        {"scheduled_at": NOW - 9 * MINUTE},
        {"scheduled_at": NOW - HOUR, "next_attempt_at": NOW + 5 * MINUTE},
        {"scheduled_at": NOW - HOUR, "next_attempt_at": NOW - 9 * MINUTE},
        {"scheduled_at": None},
    ],
)
def test_backing_off_and_a_short_wait_are_no_waiting(changes: dict[str, object]) -> None:
    assert assessed(scheduled(**changes)).health is Health.HEALTHY


def test_a_struggling_activity_that_nobody_picks_up_tells_both() -> None:
    assessment = assessed(scheduled(attempt=4, last_failure=TIMED_OUT))

    assert (assessment.health, assessment.waiting_since) == (Health.STRUGGLING, NOW - HOUR)
    assert assessment.reasons == (LastFailure(TIMED_OUT), NotPickedUp(HOUR))


@pytest.mark.parametrize(("own", "queue"), [("", "backfill"), ("copiers", "copiers")])
def test_it_waits_on_the_activitys_own_queue_or_else_the_workflows(own: str, queue: str) -> None:
    assert assessed(scheduled(task_queue=own)).task_queue == queue


def test_a_first_step_that_no_worker_takes_is_waiting() -> None:
    assessment = assessed(workflow_task_scheduled_at=NOW - 11 * MINUTE)

    assert (assessment.health, assessment.waiting_since) == (Health.WAITING, NOW - 11 * MINUTE)


def test_between_two_steps_it_is_healthy() -> None:
    assert assessed(workflow_task_scheduled_at=NOW - MINUTE).health is Health.HEALTHY
    assert assessed().health is Health.HEALTHY


def test_a_failing_workflow_task_is_blocked_whatever_its_activities_do() -> None:
    assessment = assessed(activity(attempt=2, last_failure=TIMED_OUT), workflow_task_attempt=3)

    assert (assessment.health, assessment.alert_reason) == (Health.BLOCKED, HEARTBEAT)
    assert assessment.reasons == (WorkflowTaskFails(3),)


def test_a_workflow_task_that_timed_out_and_that_nobody_takes_up_waits_for_a_worker() -> None:
    stopped: dict[str, Any] = {"workflow_task_attempt": 2, "workflow_task_scheduled_at": NOW - 3 * MINUTE}
    assessment = assessed(**stopped)
    struggling = assessed(activity(attempt=2, last_failure=TIMED_OUT), **stopped)

    assert (assessment.health, assessment.waiting_since) == (Health.WAITING, NOW - 3 * MINUTE)
    not_taken = WorkflowTaskNotTaken(3 * MINUTE, 2)
    assert (assessment.reasons, assessment.task_queue) == ((not_taken,), "backfill")
    assert struggling.health is Health.STRUGGLING
    assert struggling.reasons == (LastFailure(TIMED_OUT), not_taken)


PAUSE = Pause("olivia@laptop", NOW - HOUR, "database is full")
WORKFLOW_PAUSED = WorkflowPaused(PAUSE, HOUR)


def test_a_paused_activity_is_paused_and_says_by_whom_and_for_how_long() -> None:
    assessment = assessed(activity(state=ActivityState.PAUSED, pause=PAUSE))

    assert (assessment.health, assessment.is_paused) == (Health.PAUSED, True)
    assert assessment.reasons == (ActivityPaused(PAUSE, HOUR),)


def test_an_attempt_that_has_not_ended_since_the_pause_is_told_apart() -> None:
    beats = assessed(activity(state=ActivityState.PAUSE_REQUESTED, pause=PAUSE))
    cancelling = assessed(activity(state=ActivityState.CANCEL_REQUESTED, pause=PAUSE))
    at_rest = assessed(activity(state=ActivityState.PAUSED, pause=PAUSE))

    assert (beats.health, beats.has_paused_attempt) == (Health.PAUSED, True)
    assert cancelling.has_paused_attempt
    assert not at_rest.has_paused_attempt
    assert not assessed(activity()).has_paused_attempt


def test_a_paused_activity_that_was_retrying_is_paused_and_tells_its_failure_too() -> None:
    assessment = assessed(activity(state=ActivityState.PAUSED, attempt=3, last_failure=BOOM, pause=Pause()))

    assert assessment.health is Health.PAUSED
    assert assessment.reasons == (ActivityPaused(Pause(), None), LastFailure(BOOM))


def test_one_paused_activity_beside_a_struggling_one_leaves_the_run_paused_as_well() -> None:
    paused = activity(activity_id="2", state=ActivityState.PAUSED, pause=PAUSE)
    assessment = assessed(activity(attempt=2, last_failure=TIMED_OUT), paused)

    assert (assessment.health, assessment.is_paused) == (Health.STRUGGLING, True)


@pytest.mark.parametrize(
    "doing",
    [
        {"activities": ()},
        {"activities": (), "workflow_task_scheduled_at": NOW - HOUR},
        {"activities": (), "workflow_task_scheduled_at": NOW - HOUR, "workflow_task_attempt": 2},
        {"activities": (activity(),)},
        {"activities": (scheduled(scheduled_at=NOW - HOUR),)},
    ],
)
def test_a_paused_workflow_is_paused_whatever_waits_in_it(doing: dict[str, Any]) -> None:
    assessment = assessed(*doing.pop("activities"), pause=PAUSE, **doing)

    assert (assessment.health, assessment.reasons) == (Health.PAUSED, (WORKFLOW_PAUSED,))
    assert (assessment.is_paused, assessment.waiting_since) == (True, None)


def test_a_paused_workflow_whose_activity_times_out_still_struggles() -> None:
    now = assessed(activity(attempt=2, last_failure=TIMED_OUT), pause=PAUSE)
    earlier = assessed(past=Past(failures=[seen(1)]), pause=PAUSE)

    assert (now.health, now.reasons) == (Health.STRUGGLING, (LastFailure(TIMED_OUT), WORKFLOW_PAUSED))
    assert (earlier.health, earlier.reasons) == (Health.STRUGGLING, (TimedOutEarlier(1, (WORKFLOW_PAUSED,)),))


def test_a_pause_by_a_clock_that_is_ahead_began_just_now() -> None:
    [reason] = assessed(pause=Pause("olivia", NOW + MINUTE)).reasons

    assert reason == WorkflowPaused(Pause("olivia", NOW + MINUTE), timedelta(0))


def test_of_several_activities_the_worst_is_told() -> None:
    assessment = assessed(
        activity(), activity(activity_id="2", attempt=5, last_failure=TIMED_OUT), activity(attempt=2)
    )

    assert (assessment.health, assessment.attempt) == (Health.STRUGGLING, 5)


def test_of_several_activities_those_that_do_not_do_well_are_named_worst_first() -> None:
    struggling = activity(activity_id="2", activity_type="index", attempt=5, last_failure=TIMED_OUT)
    retrying = activity(activity_id="3", attempt=2, last_failure=BOOM)
    assessment = assessed(activity(), retrying, struggling)

    assert assessment.reasons[0] == SeveralActivities(
        (
            FailingActivity("index", 5, "", REACHED, MINUTE),
            FailingActivity("copy_days", 2, "3", REACHED, MINUTE),
        ),
        3,
    )
    assert not assessed(activity(), activity(activity_id="2")).reasons
    assert not any(isinstance(reason, SeveralActivities) for reason in assessed(struggling).reasons)


def test_earlier_timeouts_are_those_of_the_activity_that_has_most() -> None:
    failures = [replace(seen(1), activity_id=str(number)) for number in range(6)]
    past = Past((), failures)

    assert assessed(activity(activity_id="9"), past=past).reasons == (TimedOutEarlier(1),)
    assert assessed(activity(activity_id="9"), past=Past((), [seen(1), seen(2)])).reasons == (TimedOutEarlier(2),)


def test_of_several_equally_bad_activities_the_same_one_is_told_in_whatever_order_they_come() -> None:
    often = activity(activity_id="7", attempt=3, last_failure=TIMED_OUT)
    once = activity(activity_id="2", attempt=2, last_failure=TIMED_OUT)

    first, second = (assess(description(*order), Past(), PATIENCE, NOW) for order in ((often, once), (once, often)))
    assert first == second
    assert first.activity_id == "7"
