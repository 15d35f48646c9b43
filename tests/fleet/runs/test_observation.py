"""What is recorded of a description."""

from bot.fleet.runs.observation import by_run, failures_of, joined, observations_of
from bot.model import Observation, SeenFailure
from tests.fleet.builders import BOOM, HOUR, NOW, TIMED_OUT, activity, description, execution, seen


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


def test_observations_and_failures_are_found_by_their_run() -> None:
    hilton, vivint = (Observation(execution(name).ref, "1", "1", NOW) for name in ("hilton", "vivint"))

    assert by_run([hilton, vivint, hilton]) == {hilton.ref: [hilton, hilton], vivint.ref: [vivint]}
    assert by_run([seen(1)]) == {seen(1).ref: [seen(1)]}


def test_what_a_clock_that_was_ahead_has_observed_is_observed_anew() -> None:
    wrong = Observation(execution().ref, "1", "1", NOW + 2 * HOUR)

    (new,) = observations_of(description(activity(details="1")), [wrong], NOW)
    assert new.changed_at == NOW
