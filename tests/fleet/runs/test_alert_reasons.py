"""Which runs need an alert and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.alerts.episodes import new_episode, update_episode
from bot.fleet.runs.alert_reasons import (
    RULES,
    alert_ending,
    alert_facts,
    alert_reasons,
    starts_over,
    worst_reason,
)
from bot.fleet.runs.health import Past, assess
from bot.model import ActivityState, AlertFacts, AlertReason, Ending, Failure, FailureKind, Health, TaskKind
from tests.fleet.alerts.test_reconcile import described_run
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
TOO_LONG = Failure(FailureKind.START_TO_CLOSE_TIMEOUT, "activity StartToClose timeout")
HEALTHY = assess(description(activity()), Past(), PATIENCE, NOW)


@pytest.mark.parametrize("reason", AlertReason)
def test_every_reason_has_a_rule(reason: AlertReason) -> None:
    assert reason in RULES, f"bot/fleet/runs/alert_reasons.py has no rule for {reason!r}: add a row to RULES"


def test_one_heartbeat_timeout_now_or_earlier_in_the_run_is_a_reason() -> None:
    now = assess(description(activity(attempt=2, last_failure=TIMED_OUT)), Past(), PATIENCE, NOW)
    earlier = assess(description(activity(attempt=3, last_failure=BOOM)), Past(failures=[seen(1)]), PATIENCE, NOW)

    assert (now.alert_reason, earlier.alert_reason) == (HEARTBEAT, HEARTBEAT)


def test_one_failed_attempt_and_one_timeout_of_an_activity_are_none() -> None:
    once = assess(description(activity(attempt=2, last_failure=BOOM)), Past(), PATIENCE, NOW)
    too_long = assess(description(activity(attempt=2, last_failure=TOO_LONG)), Past(), PATIENCE, NOW)

    assert (once.alert_reasons, too_long.alert_reasons) == ((), ())


def test_as_many_failed_attempts_as_retries_says_are_a_reason_and_heartbeat_timeouts_do_not_count_among_them() -> (
    None
):
    third = assess(description(activity(attempt=4, last_failure=BOOM)), Past(), PATIENCE, NOW)
    patient = assess(description(activity(attempt=4, last_failure=BOOM)), Past(), replace(PATIENCE, retries=4), NOW)
    mixed = assess(description(activity(attempt=4, last_failure=BOOM)), Past(failures=[seen(1)]), PATIENCE, NOW)

    assert third.alert_reason is AlertReason.RETRYING
    assert patient.alert_reason is None
    assert mixed.alert_reasons == (HEARTBEAT,)


@pytest.mark.parametrize("kind", [FailureKind.START_TO_CLOSE_TIMEOUT, FailureKind.SCHEDULE_TO_START_TIMEOUT])
def test_the_second_attempt_that_ran_or_waited_too_long_is_a_reason(kind: FailureKind) -> None:
    failure = Failure(kind, "activity timeout")
    twice = activity(attempt=3, last_failure=failure)
    assessment = assess(description(twice), Past(failures=[seen(1, failure)]), PATIENCE, NOW)

    assert assessment.alert_reason is AlertReason.RETRYING


def test_a_workflow_task_that_fails_for_the_third_time_is_a_reason_and_a_lost_one_is_not() -> None:
    lost = assess(description(workflow_task_attempt=2), Past(), PATIENCE, NOW)
    fails = assess(description(workflow_task_attempt=3), Past(), PATIENCE, NOW)
    between = assess(description(workflow_task_attempt=3, workflow_task_scheduled_at=NOW), Past(), PATIENCE, NOW)

    assert lost.alert_reason is None
    assert (fails.alert_reason, between.alert_reason) == (AlertReason.BLOCKED, AlertReason.BLOCKED)


def test_heartbeats_that_repeat_themselves_are_a_reason_with_the_moment_of_the_last_news() -> None:
    same = activity()
    past = Past(observations=[observation(NOW - 2 * HOUR, same)])
    assessment = assess(description(same), past, PATIENCE, NOW)

    assert assessment.alert_reason is AlertReason.STALLED
    assert alert_facts(assessment.alert_reason, assessment) == AlertFacts(since=NOW - HOUR)


@pytest.mark.parametrize("minutes", [9, 10])
def test_work_that_no_worker_takes_for_long_is_a_reason_with_its_queue(minutes: int) -> None:
    since = NOW - minutes * MINUTE
    scheduled = activity(state=ActivityState.SCHEDULED, scheduled_at=since, last_heartbeat_at=None)
    assessment = assess(description(scheduled), Past(), PATIENCE, NOW)

    facts = AlertFacts(since, "backfill", TaskKind.ACTIVITY)
    expected = (AlertReason.NO_WORKER, facts) if minutes == 10 else (None, AlertFacts())
    assert (assessment.alert_reason, alert_facts(assessment.alert_reason, assessment)) == expected


@given(kinds=st.lists(st.sampled_from(FailureKind), max_size=6), health=st.sampled_from(Health))
def test_a_heartbeat_timeout_is_the_worst_reason_of_an_open_run_whatever_else_holds(
    kinds: list[FailureKind], health: Health
) -> None:
    assessment = replace(HEALTHY, failures=tuple(kinds), health=health, failed_attempts=5)
    reasons = alert_reasons(assessment, PATIENCE)
    timed_out = FailureKind.HEARTBEAT_TIMEOUT in kinds

    assert reasons == ((HEARTBEAT, AlertReason.RETRYING) if timed_out else (AlertReason.RETRYING,))
    assert starts_over(replace(assessment, alert_reasons=reasons)) is timed_out


def test_a_reason_that_is_switched_off_opens_no_alert_and_hides_no_other_one() -> None:
    assessment = replace(HEALTHY, alert_reasons=(HEARTBEAT, AlertReason.RETRYING))

    assert worst_reason(assessment, frozenset(AlertReason)) is HEARTBEAT
    assert worst_reason(assessment, frozenset(AlertReason) - {HEARTBEAT}) is AlertReason.RETRYING
    assert worst_reason(assessment, frozenset()) is None


def test_age_alone_is_none() -> None:
    since = NOW - timedelta(hours=22)
    long = assess(description(activity(started_at=since, scheduled_at=since)), Past(), PATIENCE, NOW)

    assert long.alert_reason is None


def test_a_failure_that_was_recorded_before_and_is_still_the_latest_one_counts_once() -> None:
    assessment = assess(
        description(activity(attempt=2, last_failure=TIMED_OUT)), Past(failures=[seen(1)]), PATIENCE, NOW
    )

    assert assessment.failures == (FailureKind.HEARTBEAT_TIMEOUT,)


def test_failures_of_every_activity_and_both_kinds_of_one_attempt_count() -> None:
    first = activity(attempt=2, last_failure=BOOM)
    second = activity(activity_id="2", attempt=2, last_failure=TIMED_OUT)
    assessment = assess(description(first, second), Past(failures=[seen(1)]), PATIENCE, NOW)

    assert sorted(assessment.failures) == sorted([TIMED_OUT.kind, TIMED_OUT.kind, BOOM.kind])


@pytest.mark.parametrize("reason", AlertReason)
@pytest.mark.parametrize("ending", Ending)
def test_an_alert_ends_with_its_run(reason: AlertReason, ending: Ending) -> None:
    assert alert_ending(reason, described_run(alert_reason=reason, ending=ending)) is ending


@pytest.mark.parametrize("reason", AlertReason)
def test_trouble_that_can_pass_ends_its_alert_while_the_run_goes_on(reason: AlertReason) -> None:
    passing = (AlertReason.BLOCKED, AlertReason.STALLED, AlertReason.NO_WORKER, AlertReason.RETRYING)

    assert alert_ending(reason, described_run(alert_reason=None)) is (Ending.RECOVERED if reason in passing else None)
    assert alert_ending(reason, described_run(alert_reason=reason)) is None


def test_an_alert_keeps_its_reason_when_a_later_look_shows_none() -> None:
    alert = new_episode(described_run(), (), NOW).episode
    later = update_episode(alert, described_run(alert_reason=None, attempt=3), (), NOW + MINUTE)

    assert (alert.alert_reason, later.episode.alert_reason) == (HEARTBEAT, HEARTBEAT)


def test_a_run_that_needs_no_alert_gets_none() -> None:
    with pytest.raises(ValueError, match="needs no alert"):
        new_episode(described_run(alert_reason=None), (), NOW)
