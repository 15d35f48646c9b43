"""The health of a run with that of the workflows below it: the worst of all."""

from dataclasses import replace
from typing import Any

from bot.fleet.runs.alert_reasons import starts_over
from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.children_health import AssessedChild, ChildrenHealth, children_health, with_children_health
from bot.fleet.runs.health import Past, assess
from bot.model import AlertReason, Child, Health, Pause
from tests.fleet.builders import BOOM, CAMPAIGN, MINUTE, NOW, PATIENCE, TIMED_OUT, activity, description, window


def assessed(**changes: Any) -> Assessment:
    return assess(description(activity(**changes)), Past(), PATIENCE, NOW)


WELL = assessed()
RETRYING = assessed(attempt=3, last_failure=BOOM)
STRUGGLING = assessed(attempt=2, last_failure=TIMED_OUT)


def child(number: int, health: Assessment = WELL) -> AssessedChild:
    return AssessedChild(Child(f"copy-{number}", window(number, number + 1)), health)


def test_without_anything_below_a_run_is_as_it_is() -> None:
    assert with_children_health(RETRYING, (), CAMPAIGN) == RETRYING
    assert children_health((), CAMPAIGN) is None


def test_a_child_that_does_worse_gives_its_health_and_is_named() -> None:
    health = with_children_health(WELL, (child(1), child(2, RETRYING), child(3, STRUGGLING)), CAMPAIGN)

    assert (health.health, health.attempt, health.last_failure) == (Health.STRUGGLING, 2, TIMED_OUT)
    assert health.child == child(3).child
    assert health.alert_reason is AlertReason.HEARTBEAT_TIMEOUT


def test_a_run_that_does_as_badly_as_its_children_shows_itself() -> None:
    health = with_children_health(STRUGGLING, (child(1, assessed(attempt=9, last_failure=TIMED_OUT)),), CAMPAIGN)

    assert (health.child, health.attempt) == (None, 2)


def test_a_run_starts_over_when_a_child_has_timed_out_whatever_is_worse_about_itself() -> None:
    blocked = replace(WELL, health=Health.BLOCKED)
    health = with_children_health(blocked, (child(1, STRUGGLING),), CAMPAIGN)

    assert (health.health, health.child) == (Health.BLOCKED, None)
    assert starts_over(health)


def test_the_share_of_a_child_is_not_that_of_its_parent() -> None:
    health = with_children_health(WELL, (child(1, RETRYING),), CAMPAIGN)

    assert health.progress.text == RETRYING.progress.text
    assert (RETRYING.progress.share is None, health.progress.share) == (False, None)


def test_nobody_knows_when_a_run_ends_of_which_a_child_is_paused() -> None:
    paused = assessed(pause=Pause())

    assert with_children_health(WELL, (child(1, paused),), CAMPAIGN).is_paused


def test_those_with_the_worst_health_are_counted_and_named() -> None:
    children = (child(9, STRUGGLING), child(1, RETRYING), child(4, STRUGGLING))

    assert children_health(children, CAMPAIGN) == ChildrenHealth(
        Health.STRUGGLING, 2, 3, (child(4).child, child(9).child)
    )


def test_of_those_not_seen_now_the_oldest_description_counts_and_those_without_any_are_counted() -> None:
    late = (replace(child(each), is_seen=False, age=each * MINUTE) for each in (3, 14, 5))
    never = (replace(child(each), is_seen=False) for each in (6, 7))

    assert children_health((child(1), *late, *never), CAMPAIGN) == ChildrenHealth(
        Health.HEALTHY, 6, 6, unseen=5, never_seen=2, unseen_for=14 * MINUTE
    )


def test_of_children_that_do_well_none_is_named() -> None:
    assert children_health((child(1), child(2)), CAMPAIGN) == ChildrenHealth(Health.HEALTHY, 2, 2)
