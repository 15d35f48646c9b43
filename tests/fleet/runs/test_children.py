"""What children in trouble mean for the run above them, and which of them are told."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.fleet.runs.children import MOST_NAMED, DescribedChild, failures_shown, with_children
from bot.fleet.runs.observation import DescribedRun
from bot.model import (
    AlertFacts,
    AlertReason,
    Child,
    DescribedState,
    Ending,
    Health,
    MoreTime,
    Ref,
    SeenFailure,
    TroubledChildren,
    Window,
)
from tests.fleet.alerts.test_reconcile import NOW, TIMED_OUT, described_run

SINCE = AlertFacts(since=NOW - timedelta(hours=3))
PARENT = described_run(health=Health.HEALTHY, alert_reason=None, activity_id="", attempt=1, last_failure=None)


def child(number: int, *, days: bool = True, attempt: int = 2, **changes: Any) -> DescribedChild:
    start = PARENT.window.start + timedelta(days=number - 1) if PARENT.window else NOW.date()
    name = f"copy-{number:02}"
    run = described_run(ref=Ref("voice-prod", name, f"run-{number}"), attempt=attempt, **changes)
    failure = SeenFailure(run.ref, "1", attempt - 1, TIMED_OUT, NOW)
    return DescribedChild(Child(name, Window(start, start + timedelta(days=1)) if days else None), run, (failure,))


def well(number: int) -> DescribedChild:
    return child(number, health=Health.HEALTHY, alert_reason=None, attempt=1)


def stalled(number: int) -> DescribedChild:
    return child(
        number, health=Health.STALLED, alert_reason=AlertReason.STALLED, attempt=1, facts=SINCE, last_failure=None
    )


def retrying(number: int) -> DescribedChild:
    return child(number, health=Health.RETRYING, alert_reason=AlertReason.RETRYING, attempt=6)


def alert_of(children: TroubledChildren | None, **changes: Any) -> DescribedState:
    """The open alert of the parent, which tells of these children."""
    return replace(PARENT, health=Health.STRUGGLING, children=children, **changes)


def folded(
    *below: DescribedChild,
    of: DescribedRun = PARENT,
    before: TroubledChildren | None = None,
    undescribed: Collection[str] = (),
) -> DescribedRun:
    return with_children(of, below, undescribed, alert_of(before) if before else None)


def test_children_that_do_well_change_nothing() -> None:
    assert folded(well(1), well(2)) == PARENT


def test_the_worst_child_gives_the_health_the_attempt_and_the_failure() -> None:
    run = folded(child(1), child(2, attempt=5), well(3))

    assert (run.ref, run.customer, run.window) == (PARENT.ref, PARENT.customer, PARENT.window)
    assert (run.health, run.attempt, run.last_failure) == (Health.STRUGGLING, 5, TIMED_OUT)
    assert run.children
    assert (run.children.number, run.children.total, run.children.shown) == (2, 3, child(2).child)


def test_children_are_named_by_their_days_in_order_and_then_by_their_ids() -> None:
    run = folded(child(3, days=False), child(9), child(4))

    assert run.children
    assert run.children.first == (child(4).child, child(9).child, child(3, days=False).child)


def test_of_very_many_the_first_are_named() -> None:
    run = folded(*map(child, range(1, 51)))

    assert run.children
    assert (run.children.number, len(run.children.first)) == (50, MOST_NAMED)


def test_a_child_that_tells_the_days_of_its_parent_is_named_by_its_id() -> None:
    same = replace(child(1), child=Child("copy-01", PARENT.window))
    run = folded(same)

    assert run.children
    assert run.children.shown == Child("copy-01")


def test_the_child_that_the_alert_shows_stays_the_same_while_it_times_out() -> None:
    before = TroubledChildren(2, 2, (), shown=child(1).child)
    stays, changes = folded(child(1), child(2, attempt=9), before=before), folded(child(2, attempt=9), before=before)

    assert stays.children
    assert stays.children.shown == child(1).child
    assert changes.children
    assert changes.children.shown == child(2).child


def test_timeouts_of_the_runs_own_activities_come_first() -> None:
    own = described_run(attempt=7)
    run = folded(child(1), of=own)

    assert run == replace(own, children=run.children)
    assert run.children
    assert (run.children.number, run.children.shown) == (1, None)


def test_when_none_times_out_any_more_the_alert_goes_on_with_what_it_showed() -> None:
    before = TroubledChildren(1, 2, (child(1).child,), shown=child(1).child)
    run = folded(well(2), before=before)

    assert (run.activity_id, run.health, run.alert_reason) == ("", Health.STRUGGLING, AlertReason.HEARTBEAT_TIMEOUT)
    assert run.children == TroubledChildren(0, 1, (), shown=child(1).child)


def test_while_some_are_not_described_yet_an_alert_never_tells_fewer() -> None:
    before = TroubledChildren(4, 51, (child(1).child,), shown=child(1).child)
    run = folded(child(1), before=before, undescribed={f"copy-{number:02}" for number in range(2, 52)})

    assert run.children == before


def test_a_stalled_child_is_the_trouble_of_the_run_with_its_facts() -> None:
    run = folded(stalled(2), well(1))

    assert (run.alert_reason, run.health, run.facts) == (AlertReason.STALLED, Health.STALLED, SINCE)
    assert run.children == TroubledChildren(1, 2, (stalled(2).child,), stalled(2).child, AlertReason.STALLED)


def test_of_several_troubles_below_the_worst_is_told_and_counted() -> None:
    run = folded(retrying(1), stalled(2), stalled(3), retrying(4))

    assert run.alert_reason is AlertReason.STALLED
    assert run.children
    assert (run.children.number, run.children.total, run.children.reason) == (2, 4, AlertReason.STALLED)


def test_a_child_that_does_worse_comes_before_the_trouble_of_the_run_itself() -> None:
    own = replace(PARENT, health=Health.RETRYING, alert_reason=AlertReason.RETRYING, activity_id="7", attempt=6)
    run = folded(stalled(1), of=own)

    assert run.alert_reason is AlertReason.STALLED
    assert run.children
    assert run.children.shown == stalled(1).child


def test_worse_trouble_of_the_run_itself_comes_before_that_of_a_child() -> None:
    own = replace(PARENT, health=Health.BLOCKED, alert_reason=AlertReason.BLOCKED)
    run = folded(stalled(1), of=own)

    assert run == replace(own, children=run.children)
    assert run.children
    assert (run.children.number, run.children.shown) == (1, None)


def test_a_child_whose_reason_is_switched_off_does_not_alert() -> None:
    assert folded(child(1, health=Health.STALLED, alert_reason=None)) == PARENT


def test_trouble_of_a_child_that_has_passed_is_told_no_more() -> None:
    before = TroubledChildren(1, 1, (stalled(1).child,), stalled(1).child, AlertReason.STALLED)

    assert folded(well(1), before=before) == PARENT
    assert folded(well(1), before=before, undescribed={"copy-02"}) == PARENT


def test_when_worse_trouble_of_a_child_has_passed_what_is_left_is_told() -> None:
    before = TroubledChildren(1, 2, (stalled(1).child,), stalled(1).child, AlertReason.STALLED)
    run = folded(well(1), retrying(2), before=before)

    assert run.alert_reason is AlertReason.RETRYING
    assert run.children
    assert run.children.shown == retrying(2).child


def test_trouble_of_a_child_is_not_over_because_it_is_not_described_yet() -> None:
    before = TroubledChildren(1, 2, (stalled(1).child,), stalled(1).child, AlertReason.STALLED)
    alert = alert_of(before, facts=SINCE)
    run = with_children(PARENT, [well(2)], {"copy-01"}, alert)

    assert (run.alert_reason, run.health, run.facts) == (AlertReason.STALLED, Health.STRUGGLING, SINCE)
    assert run.children == before


def test_after_a_heartbeat_timeout_lesser_trouble_of_another_child_changes_nothing() -> None:
    before = TroubledChildren(1, 2, (child(1).child,), shown=child(1).child)
    run = folded(stalled(2), before=before)

    assert run.alert_reason is AlertReason.HEARTBEAT_TIMEOUT
    assert run.children == TroubledChildren(0, 1, (), shown=child(1).child)


def test_a_run_that_has_ended_is_left_as_it_is() -> None:
    ended = replace(PARENT, ending=Ending.COMPLETED)

    assert folded(child(1), of=ended) == ended


def test_more_time_is_offered_for_the_activity_of_the_child_that_is_shown() -> None:
    offered = MoreTime(timedelta(minutes=1), timedelta(minutes=6))

    assert folded(child(1, more_time=offered)).more_time == offered
    assert folded(child(1), of=replace(PARENT, more_time=offered)).more_time is None


def test_the_failures_of_the_child_that_is_shown_are_told_as_those_of_the_run() -> None:
    below = [child(1), child(2, attempt=5)]
    run = folded(*below)
    (failure,) = failures_shown(run, below)

    assert (failure.ref, failure.activity_id, failure.attempt) == (run.ref, run.activity_id, 4)
    assert failures_shown(PARENT, below) == ()
