"""What children that time out mean for the run above them, and which of them are told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.fleet.runs.children import MOST_NAMED, ChildLook, failures_shown, with_children
from bot.fleet.runs.observation import DescribedRun
from bot.model import Child, ChildrenTimingOut, Ending, Health, MoreTime, Ref, SeenFailure, Window
from tests.fleet.alerts.test_reconcile import NOW, TIMED_OUT, look

PARENT = look(health=Health.HEALTHY, alert_reason=None, activity_id="", attempt=1, last_failure=None)


def child(number: int, *, days: bool = True, attempt: int = 2, **changes: Any) -> ChildLook:
    start = PARENT.window.start + timedelta(days=number - 1) if PARENT.window else NOW.date()
    name = f"copy-{number:02}"
    run = look(ref=Ref("voice-prod", name, f"run-{number}"), attempt=attempt, **changes)
    failure = SeenFailure(run.ref, "1", attempt - 1, TIMED_OUT, NOW)
    return ChildLook(Child(name, Window(start, start + timedelta(days=1)) if days else None), run, (failure,))


def well(number: int) -> ChildLook:
    return child(number, health=Health.HEALTHY, alert_reason=None, attempt=1)


def folded(*below: ChildLook, of: DescribedRun = PARENT, before: ChildrenTimingOut | None = None) -> DescribedRun:
    return with_children(of, below, len(below), before)


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
    before = ChildrenTimingOut(2, 2, (), shown=child(1).child)
    stays, changes = folded(child(1), child(2, attempt=9), before=before), folded(child(2, attempt=9), before=before)

    assert stays.children
    assert stays.children.shown == child(1).child
    assert changes.children
    assert changes.children.shown == child(2).child


def test_timeouts_of_the_runs_own_activities_come_first() -> None:
    own = look(attempt=7)
    run = folded(child(1), of=own)

    assert run == replace(own, children=run.children)
    assert run.children
    assert (run.children.number, run.children.shown) == (1, None)


def test_when_none_times_out_any_more_the_alert_goes_on_with_what_it_showed() -> None:
    before = ChildrenTimingOut(1, 2, (child(1).child,), shown=child(1).child)
    run = folded(well(2), before=before)

    assert (run.activity_id, run.health, run.alert_reason) == ("", Health.STRUGGLING, None)
    assert run.children == ChildrenTimingOut(0, 1, (), shown=child(1).child)


def test_while_some_are_not_described_yet_an_alert_never_tells_fewer() -> None:
    before = ChildrenTimingOut(4, 51, (child(1).child,), shown=child(1).child)
    run = with_children(PARENT, [child(1)], 51, before)

    assert run.children == before


def test_a_run_that_has_ended_is_left_as_it_is() -> None:
    ended = replace(PARENT, ending=Ending.COMPLETED)

    assert folded(child(1), of=ended) == ended


def test_more_time_is_not_offered_for_an_activity_of_a_child() -> None:
    offered = MoreTime(timedelta(minutes=1), timedelta(minutes=6))

    assert folded(child(1, more_time=offered), of=replace(PARENT, more_time=offered)).more_time is None


def test_the_failures_of_the_child_that_is_shown_are_told_as_those_of_the_run() -> None:
    below = [child(1), child(2, attempt=5)]
    run = folded(*below)
    (failure,) = failures_shown(run, below)

    assert (failure.ref, failure.activity_id, failure.attempt) == (run.ref, run.activity_id, 4)
    assert failures_shown(PARENT, below) == ()
