"""Nexus operations count for the health of an open run, and for the proof of one that completed before they ended."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.fleet.runs.children_health import AssessedChild, with_children_health
from bot.fleet.runs.complete_when import own_doubt
from bot.fleet.runs.health import Past, assess
from bot.model import (
    AlertReason,
    Child,
    Doubt,
    DoubtReason,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Health,
    PendingOperation,
)
from bot.model.execution import OPERATIONS_HINT
from bot.usecases.definitions import kept_hints
from tests.fakes.services import config
from tests.fleet.builders import HOUR, NOW, PATIENCE, activity, description, execution

REFUSED = Failure(FailureKind.OTHER, "Internal handler error: not now")


def operation(**changes: Any) -> PendingOperation:
    known: dict[str, Any] = {
        "name": "copying/Copying.copy",
        "event_id": 5,
        "has_begun": True,
        "attempt": 1,
        "scheduled_at": NOW - HOUR,
        "last_failure": None,
        "next_attempt_at": None,
    }
    return PendingOperation(**(known | changes))


def failing(attempt: int) -> PendingOperation:
    soon = NOW + timedelta(seconds=10)
    return operation(has_begun=False, attempt=attempt, last_failure=REFUSED, next_attempt_at=soon)


def test_an_operation_that_has_begun_is_well_however_long_it_takes() -> None:
    calling = replace(description(), operations=(operation(scheduled_at=NOW - 100 * HOUR),))

    assert assess(calling, Past(), PATIENCE, NOW).health is Health.HEALTHY


def test_one_that_began_at_a_later_try_is_well() -> None:
    calling = replace(description(), operations=(operation(attempt=9),))
    found = assess(calling, Past(), PATIENCE, NOW)

    assert (found.health, found.alert_reason) == (Health.HEALTHY, None)


def test_one_that_cannot_begin_is_retried_and_needs_a_person_after_some_attempts() -> None:
    few = assess(replace(description(), operations=(failing(2),)), Past(), PATIENCE, NOW)
    many = assess(replace(description(), operations=(failing(9),)), Past(), PATIENCE, NOW)

    assert (few.health, few.alert_reason) == (Health.RETRYING, None)
    assert (many.health, many.alert_reason) == (Health.RETRYING, AlertReason.RETRYING)
    assert many.last_failure == REFUSED


def test_what_has_not_ended_is_named_also_below_the_run() -> None:
    own = assess(replace(description(), operations=(operation(),)), Past(), PATIENCE, NOW)
    below = assess(replace(description(), operations=(operation(name="rows/Rows.check"),)), Past(), PATIENCE, NOW)
    child = AssessedChild(Child("child-1", None), below)

    assert with_children_health(own, [child], None).operations == ("copying/Copying.copy", "rows/Rows.check")


def test_it_is_named_beside_activities_that_do_well() -> None:
    calling = replace(description(activity()), operations=(failing(3),))

    assert "copying/Copying.copy" in str(assess(calling, Past(), PATIENCE, NOW).reasons)


def completed(names: str) -> Execution:
    return execution(status=ExecutionStatus.COMPLETED, hints={OPERATIONS_HINT: names})


def test_a_run_that_completed_before_its_operations_is_in_doubt() -> None:
    assert own_doubt(completed('["a", "b"]'), None) == Doubt(DoubtReason.OPERATION_OPEN, child="a", more_children=1)
    assert own_doubt(completed("[]"), None) is None
    assert own_doubt(completed('["password='), None) is None
    assert own_doubt(execution(status=ExecutionStatus.COMPLETED), None) is None


def test_the_names_of_operations_are_stored_unredacted_because_redacting_may_break_their_json() -> None:
    assert OPERATIONS_HINT in kept_hints(config({"voice-prod": ("hilton",)}))
