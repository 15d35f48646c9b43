"""Steering a sequence that runs: paused, resumed, cancelled, retried, terminated, each by a command and its modal."""

from collections.abc import Iterator

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.e2e.confirming import WHY, close, do, proposed, submit, wait_for_words, whole_thread
from tests.e2e.control import Control
from tests.e2e.processes import Sandbox, eventually, settled, until
from tests.e2e.temporal import Temporal

pytestmark = pytest.mark.timeout(1_200)


@pytest.fixture
def control(steered: Sandbox) -> Iterator[Control]:
    yield steered.control
    close(steered.control)


@pytest.fixture
def temporal(control: Control) -> Temporal:
    return Temporal(control, "prod")


def statuses(temporal: Temporal, customer: str) -> list[Status]:
    return [run.status for run in temporal.windows(customer)]


def test_a_paused_sequence_ends_its_window_and_begins_no_other_until_it_is_resumed(
    control: Control, temporal: Temporal
) -> None:
    do(control, "/backfill run steered")
    eventually(lambda: temporal.windows("steered"))
    do(control, "/backfill pause steered")
    eventually(lambda: "steered on prod: paused" in control.headline("steered"))
    begun = settled(lambda: statuses(temporal, "steered"), span=4)
    assert set(begun) == {Status.COMPLETED}
    assert len(begun) < 5
    do(control, "/backfill resume steered")

    runs = until(lambda: temporal.windows("steered"), lambda runs: len(runs) == 5 and all(r.closed_at for r in runs))
    assert {run.status for run in runs} == {Status.COMPLETED}
    eventually(lambda: control.headline("steered") == "steered on prod: complete, 5 windows.")
    shown = "\n".join(whole_thread(control, control.card("steered"), "complete, 5 windows."))
    assert f"steered: olivia paused it: {WHY}. The running window continues" in shown
    assert f"steered: olivia resumed it: {WHY}." in shown


def test_a_second_sequence_of_a_customer_is_refused_naming_who_began_the_first(
    control: Control, temporal: Temporal
) -> None:
    do(control, "/backfill run called-off")
    eventually(lambda: temporal.windows("called-off"))
    control.command("/backfill run called-off", "noor")
    refusal = wait_for_words(control, "runs already", "noor")
    close(control, "noor")
    do(control, "/backfill cancel called-off")

    assert "begun by olivia at <!date^" in refusal
    assert WHY in refusal
    eventually(lambda: statuses(temporal, "called-off") == [Status.CANCELED])
    eventually(lambda: control.headline("called-off").startswith("called-off on prod: cancelled, 0 of 10 days"))
    assert [run.status for run in temporal.sequences("called-off")] == [Status.COMPLETED]


def test_what_is_complete_can_be_run_again(control: Control, temporal: Temporal) -> None:
    do(control, "/backfill run again")
    until(lambda: statuses(temporal, "again"), lambda seen: seen == [Status.COMPLETED] * 2)
    eventually(lambda: temporal.sequences("again")[0].closed_at)
    do(control, "/backfill retry again 2026-01-06..2026-01-11 all")

    runs = until(lambda: temporal.windows("again"), lambda runs: len(runs) == 3 and all(r.closed_at for r in runs))
    assert [run.days for run in runs] == ["2026-01-01-2026-01-06", *["2026-01-06-2026-01-11"] * 2]


def test_terminating_wants_the_name_typed_and_ends_window_and_sequence(control: Control, temporal: Temporal) -> None:
    do(control, "/backfill run ended")
    eventually(lambda: temporal.windows("ended"))
    control.command("/backfill terminate ended")
    proposed(control)
    mistyped = submit(control, name="endet")
    assert "name" in mistyped["errors"]
    assert statuses(temporal, "ended") == [Status.RUNNING]
    submit(control, name="ended")

    eventually(lambda: statuses(temporal, "ended") == [Status.TERMINATED])
    eventually(lambda: all(run.closed_at for run in temporal.sequences("ended")))


def test_a_customer_without_data_has_nothing_to_run(control: Control, temporal: Temporal) -> None:
    control.command("/backfill run empty")

    assert "no data in " in wait_for_words(control, "nothing to run").lower()
    assert temporal.sequences("empty") == []
