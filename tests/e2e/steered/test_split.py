"""Split: what a person did by hand for days, pressed once. Windows, one at a time, until everything is there."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.e2e.confirming import WHY, close, proposed, seen, submit, texts, wait_for_words, whole_thread
from tests.e2e.control import Control
from tests.e2e.processes import TO_THE_END, Sandbox, eventually, until
from tests.e2e.temporal import Run, Temporal

pytestmark = pytest.mark.timeout(1_200)

SPLIT = "control.split"
# Of the copying in this world: what a silent attempt may still write in.
HEARTBEAT_TIMEOUT = timedelta(seconds=3)
TWO_DAYS = [f"2026-01-{day:02}-2026-01-{day + 2:02}" for day in (1, 3, 5, 7, 9)]
FIVE_DAYS = ["2026-01-01-2026-01-06", "2026-01-06-2026-01-11"]


@pytest.fixture
def control(steered: Sandbox) -> Iterator[Control]:
    yield steered.control
    for user in ("olivia", "noor", "victor"):
        close(steered.control, user)


@pytest.fixture
def temporal(control: Control) -> Temporal:
    return Temporal(control, "prod")


def is_green(message: dict[str, Any]) -> bool:
    return ":large_green_circle:" in json.dumps(message)


def assert_one_at_a_time(windows: list[Run]) -> None:
    for earlier, later in pairwise(windows):
        assert earlier.closed_at is not None
        assert earlier.closed_at <= later.started_at


def test_split_pressed_on_an_alert_runs_windows_until_all_is_there(control: Control, temporal: Temporal) -> None:
    alert = eventually(lambda: control.alert("bigtop"))
    control.click(alert, SPLIT)
    shown = "\n".join(texts(proposed(control)["blocks"]))
    assert "About to cancel 1 workflow and start 5 windows of 2 days for bigtop on prod" in shown
    submit(control)
    eventually(lambda: is_green(control.alert("bigtop")), TO_THE_END)

    old, *windows = temporal.windows("bigtop")
    assert (old.days, old.status) == ("2026-01-01-2026-01-11", Status.CANCELED)
    assert old.closed_at is not None
    assert windows[0].started_at >= old.closed_at + HEARTBEAT_TIMEOUT
    assert [(run.days, run.status) for run in windows] == [(days, Status.COMPLETED) for days in TWO_DAYS]
    assert_one_at_a_time(windows)
    assert [temporal.copies_begun(run.workflow_id) for run in windows] == [1] * 5
    assert control.ask_until_known("/backfill verify bigtop").startswith("bigtop on prod matches")


def test_the_thread_of_the_alert_tells_who_and_why_and_every_window_in_order(control: Control) -> None:
    eventually(lambda: is_green(control.alert("bigtop")), TO_THE_END)

    (alert,) = [card for card in control.cards() if card["text"].startswith("bigtop on ")]
    lines = whole_thread(control, alert, "complete, 5 windows.")
    thread = [line for line in lines if "heartbeat timeout." not in line]
    begun, cleared, *windows, over = [line.removeprefix("bigtop: ") for line in thread]
    assert begun.startswith(f"olivia asked to split: {WHY}. Cancelling 1 old workflow first. Then ")
    assert cleared.startswith("1 old workflow is closed. The first window starts in 3 s")
    assert [line.split(" complete in ")[0] for line in windows] == [
        f"window {number} of 5 (Jan {day}–{day + 1})" for number, day in enumerate((1, 3, 5, 7, 9), 1)
    ]
    assert all("Counts match: 80 scorecards; 180 scores." in line for line in windows)
    assert over.startswith("complete, 5 windows.")
    assert alert["text"].startswith("bigtop on prod: complete, 5 windows, ")
    assert control.card("bigtop") == {}


def test_two_operators_who_press_the_same_split_begin_one_sequence(control: Control, temporal: Temporal) -> None:
    alert = eventually(lambda: control.alert("twins"))
    people = ("olivia", "noor")
    for user in people:
        control.click(alert, SPLIT, user)
        proposed(control, user)
    with ThreadPoolExecutor() as both:
        assert all(answer["acked"] for answer in both.map(lambda user: submit(control, user), people))
    eventually(lambda: is_green(control.alert("twins")), TO_THE_END)

    outcomes = {user: seen(control, user) for user in people}
    refused = [user for user in people if "runs already" in outcomes[user]]
    assert len(refused) == 1, outcomes
    (winner,) = set(people) - set(refused)
    assert f"begun by {winner} at " in outcomes[refused[0]]
    assert len(temporal.sequences("twins")) == 1
    old, *windows = temporal.windows("twins")
    assert old.status == Status.CANCELED
    assert [(run.days, run.status) for run in windows] == [(days, Status.COMPLETED) for days in FIVE_DAYS]


def test_a_viewer_who_presses_split_is_told_who_may_and_it_goes_on_record(control: Control) -> None:
    alert = eventually(lambda: control.alert("moved"))
    assert control.click(alert, SPLIT, "victor")["acked"]

    refusal = "Only operators may split. Ask noor or olivia."
    eventually(lambda: refusal in seen(control, "victor") or refusal in whispers(control, "U00VICTOR0"))
    assert not [view for view in control.views("victor") if view["submit"]]
    record = control.ask("/backfill audit moved")
    assert ", victor: split moved on prod: refused. Only operators may split." in record


def whispers(control: Control, user_id: str) -> str:
    return "\n".join(m["text"] for m in control.messages() if m.get("ephemeral_to") == user_id)


def test_what_was_confirmed_is_not_done_in_a_world_that_has_changed(control: Control, temporal: Temporal) -> None:
    alert = eventually(lambda: control.alert("moved"))
    control.click(alert, SPLIT)
    assert "cancel 1 workflow" in "\n".join(texts(proposed(control)["blocks"]))
    temporal.terminate("backfill-moved-2026-01-01-2026-01-11")
    until(lambda: temporal.windows("moved"), lambda runs: runs[0].status is Status.TERMINATED)
    submit(control)

    again = wait_for_words(control, "has changed")
    assert "About to start 2 windows of 5 days for moved on prod" in again
    assert "cancel 1 workflow" not in again
    assert len(temporal.windows("moved")) == 1
    assert temporal.sequences("moved") == []
    submit(control)
    runs = until(lambda: temporal.windows("moved"), lambda runs: all(r.closed_at for r in runs) and len(runs) == 3)
    assert [run.days for run in runs[1:]] == FIVE_DAYS


def test_windows_that_time_out_are_cut_in_halves_until_they_get_through(control: Control, temporal: Temporal) -> None:
    eventually(lambda: is_green(control.card("halved")), TO_THE_END)

    cuts = [line for line in whole_thread(control, control.card("halved"), "complete, ") if "run again as" in line]
    runs = temporal.windows("halved")
    complete = [run for run in runs if run.status is Status.COMPLETED]
    # Between its second timeout and its end a window may time out once more.
    cut = re.compile(r"halved: window (\S+ \S+) timed out on heartbeat \d+ times.* run again as ([^;]+)")
    assert [found.groups() for line in cuts if (found := cut.match(line))] == [
        ("Jan 1–5", "Jan 1–3 and Jan 4–5"),
        ("Jan 1–3", "Jan 1–2 and Jan 3"),
    ]
    assert [run.days[:10] for run in complete] == [f"2026-01-{day:02}" for day in (1, 3, 4, 6, 8, 10)]
    assert {run.status for run in runs if run not in complete} == {Status.CANCELED}
    assert_one_at_a_time(runs)
    assert control.ask_until_known("/backfill verify halved").startswith("halved on prod matches")
