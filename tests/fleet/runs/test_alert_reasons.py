"""Which runs need an alert and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.alerts.episodes import new_episode, update_episode
from bot.fleet.runs.alert_reasons import RULES, alert_ending, alert_reason, starts_over
from bot.fleet.runs.health import Past, assess
from bot.model import AlertReason, Ending, FailureKind, Health
from tests.fleet.alerts.test_reconcile import look
from tests.fleet.builders import (
    BOOM,
    MINUTE,
    NOW,
    PATIENCE,
    TIMED_OUT,
    activity,
    description,
    seen,
)

HEARTBEAT = AlertReason.HEARTBEAT_TIMEOUT
HEALTHY = assess(description(activity()), Past(), PATIENCE, NOW)


@pytest.mark.parametrize("reason", AlertReason)
def test_every_reason_has_a_rule(reason: AlertReason) -> None:
    assert reason in RULES, f"bot/fleet/runs/alert_reasons.py has no rule for {reason!r}: add a row to RULES"


def test_one_heartbeat_timeout_now_or_earlier_in_the_run_is_a_reason() -> None:
    now = assess(description(activity(attempt=2, last_failure=TIMED_OUT)), Past(), PATIENCE, NOW)
    earlier = assess(description(activity(attempt=3, last_failure=BOOM)), Past(failures=[seen(1)]), PATIENCE, NOW)

    assert (now.alert_reason, earlier.alert_reason) == (HEARTBEAT, HEARTBEAT)


@given(kinds=st.lists(st.sampled_from(FailureKind), max_size=6), health=st.sampled_from(Health))
def test_only_a_heartbeat_timeout_is_whatever_the_health_and_the_other_failures(
    kinds: list[FailureKind], health: Health
) -> None:
    assessment = replace(HEALTHY, failures=tuple(kinds), health=health)
    expected = HEARTBEAT if FailureKind.HEARTBEAT_TIMEOUT in kinds else None

    assert alert_reason(assessment) is expected
    assert starts_over(assessment) is (expected is not None)


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
    assert alert_ending(reason, look(alert_reason=reason, ending=ending)) is ending


def test_an_alert_about_heartbeats_lasts_as_long_as_its_run() -> None:
    assert alert_ending(HEARTBEAT, look(alert_reason=None)) is None


@pytest.mark.parametrize("reason", AlertReason)
def test_an_alert_keeps_its_reason_when_a_later_look_shows_none(reason: AlertReason) -> None:
    alert = new_episode(look(alert_reason=reason), (), NOW).episode
    later = update_episode(alert, look(alert_reason=None, attempt=3), (), NOW + MINUTE)

    assert (alert.alert_reason, later.episode.alert_reason) == (reason, reason)


def test_a_run_that_needs_no_alert_gets_none() -> None:
    with pytest.raises(ValueError, match="needs no alert"):
        new_episode(look(alert_reason=None), (), NOW)
