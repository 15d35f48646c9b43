"""What is kept of a closed run, and what of it still has to be read."""

import pytest
from pydantic import JsonValue

from bot.fleet.runs import close_facts
from bot.fleet.runs.close_facts import Unread
from bot.model import Cause, CloseEvent, Execution, ExecutionStatus, Failure, FailureKind
from bot.model.execution import CANCEL_HINT, NO, YES
from tests.fleet.builders import CAMPAIGN, closed, execution

COMPLETED, FAILED = ExecutionStatus.COMPLETED, ExecutionStatus.FAILED
DISK_FULL = Cause(Failure(FailureKind.APPLICATION, "OSError: disk full"), activity="copy_days")


def ended(status: ExecutionStatus = COMPLETED, /, **hints: str) -> Execution:
    return closed(status, "hilton", CAMPAIGN, hints=hints)


def with_event(run: Execution, event: CloseEvent | None, *paths: str) -> Execution:
    return closed(
        run.status, "hilton", CAMPAIGN, hints={**run.hints, **close_facts.close_event_hints(event, run, paths)}
    )


def test_an_open_run_and_one_whose_facts_were_read_lack_nothing() -> None:
    read = ended(COMPLETED, **{CANCEL_HINT: NO})

    assert close_facts.unread(execution()) is close_facts.unread(read) is None
    assert not close_facts.needs_description(read)
    assert not close_facts.needs_close_event(read, [])


def test_a_run_of_an_earlier_version_one_that_waits_and_one_that_was_removed_are_told_apart() -> None:
    runs = [ended(), ended(COMPLETED, **close_facts.waits()), ended(**close_facts.removed())]

    assert [close_facts.unread(run) for run in runs] == [Unread.EARLIER, Unread.WAITS, Unread.REMOVED]
    assert [close_facts.needs_description(run) for run in runs] == [True, True, False]


def test_the_end_of_a_run_that_temporal_has_lost_is_nothing_to_read() -> None:
    gone = ended(ExecutionStatus.GONE)

    assert close_facts.unread(gone) is None
    assert not close_facts.needs_description(gone)


def test_the_last_event_is_read_of_failures_and_of_results_that_are_asked_for() -> None:
    read = {CANCEL_HINT: YES}

    assert close_facts.needs_close_event(ended(FAILED, **read), [])
    assert close_facts.needs_close_event(ended(COMPLETED, **read), ["status"])
    assert not close_facts.needs_close_event(ended(COMPLETED, **read), [])
    assert not close_facts.needs_close_event(ended(ExecutionStatus.CANCELLED, **read), ["status"])


def test_causes_are_kept_and_read_again() -> None:
    failed = with_event(ended(FAILED), CloseEvent((DISK_FULL,)))

    assert close_facts.causes_of(failed) == (DISK_FULL,)
    assert not close_facts.needs_close_event(failed, [])


@pytest.mark.parametrize("text", ["", "[", "{}", "[1]", '[{"kind": "news", "message": "x"}]', "(hidden)"])
def test_causes_in_another_form_are_not_known(text: str) -> None:
    assert close_facts.causes_of(ended(FAILED, **{"close:causes": text})) == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [("status", "done"), ("counts.rows", 12), ("", {"status": "done", "counts": {"rows": 12}}), ("other", None)],
)
def test_the_value_at_a_path_of_the_result_is_kept(path: str, value: JsonValue) -> None:
    run = with_event(ended(), CloseEvent(result={"status": "done", "counts": {"rows": 12}}), path)

    assert close_facts.result_of(run, path) == value
    assert not close_facts.is_result_removed(run, path)
    assert close_facts.is_result_readable(run, path)
    assert not close_facts.needs_close_event(run, [path])


def test_a_result_that_cannot_be_read_is_told_from_one_that_was_removed() -> None:
    encrypted = with_event(ended(), CloseEvent(is_readable=False), "status")
    removed = with_event(ended(), None, "status")

    assert not close_facts.is_result_readable(encrypted, "status")
    assert close_facts.is_result_readable(removed, "status")
    assert close_facts.is_result_removed(removed, "status")
    assert not close_facts.is_result_removed(encrypted, "status")
    assert not close_facts.needs_close_event(removed, ["status"])
