"""A sequence outlives what runs it: the bot dies twice and the worker once, and not a window is lost or doubled."""

import os
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.adapters.store.server import Server
from tests.e2e.confirming import do, submit, whole_thread
from tests.e2e.control import Control
from tests.e2e.processes import SCENARIOS, TO_THE_END, Sandbox, bot, eventually, kill, sandbox
from tests.e2e.temporal import Temporal

pytestmark = pytest.mark.timeout(1_200)

DAYS = [f"2026-01-{day:02}-2026-01-{day + 1:02}" for day in range(1, 11)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("durable")


@pytest.fixture(scope="module")
def world(folder: Path, store_server: Server | None) -> Iterator[Sandbox]:
    with sandbox(SCENARIOS / "durable.toml", folder, store_server, speed=3600) as world:
        yield world


@pytest.fixture
def control(world: Sandbox) -> Control:
    return world.control


@pytest.fixture
def temporal(control: Control) -> Temporal:
    return Temporal(control, "prod")


def begun(temporal: Temporal, count: int) -> None:
    """Wait for the window of this number."""
    eventually(lambda: len(temporal.windows("survivor")) >= count)


def counted(thread: list[str]) -> list[str]:
    """Which windows the lines are about that say that counts match."""
    return [line.removeprefix("survivor: ").split(" (")[0] for line in thread if "Counts match" in line]


@pytest.mark.chaos
def test_kills_of_bot_and_worker_lose_and_double_no_window(
    world: Sandbox, control: Control, temporal: Temporal, folder: Path
) -> None:
    with bot(world, folder) as first:
        do(control, "/backfill run survivor")
        begun(temporal, 2)
        kill(first)
    with bot(world, folder) as second:
        begun(temporal, 4)
        kill(second)
    with bot(world, folder):
        begun(temporal, 6)
        os.kill(control.get("_control/world")["processes"]["worker"], signal.SIGKILL)
        eventually(lambda: ": complete, " in control.headline("survivor"), TO_THE_END)
        # A line that stands for several windows is edited, and edits wait for new messages.
        eventually(lambda: "windows 6 to 10 of 10" in counted(control.thread(control.card("survivor"))))
        thread = whole_thread(control, control.card("survivor"), "complete, ")
        verified = control.ask_until_known("/backfill verify survivor")

    runs = temporal.windows("survivor")
    assert [(run.days, run.status) for run in runs] == [(days, Status.COMPLETED) for days in DAYS]
    assert all(each.closed_at and each.closed_at <= other.started_at for each, other in pairwise(runs))
    assert len(temporal.sequences("survivor")) == 1
    assert counted(thread) == [*(f"window {number} of 10" for number in range(1, 6)), "windows 6 to 10 of 10"]
    assert len([line for line in thread if " asked to run: " in line]) == 1
    assert verified.startswith("survivor on prod matches")


def test_a_cancelled_window_that_stays_open_is_offered_to_be_terminated(
    world: Sandbox, control: Control, temporal: Temporal, folder: Path
) -> None:
    worker = control.get("_control/world")["processes"]["worker"]
    with bot(world, folder):
        do(control, "/backfill run unheard")
        # A run whose activity nobody has seen yet keeps its days for a minute after it is closed.
        eventually(lambda: " At Jan " in control.ask("/backfill status unheard"))
        os.kill(worker, signal.SIGSTOP)
        try:
            do(control, "/backfill cancel unheard")
            cancelling = "unheard on prod: cancelling; window 1 of 2 (Jan 1–5) is not closed yet."
            eventually(lambda: control.headline("unheard").startswith(cancelling))
            (offer,) = eventually(lambda: offers(control))
            assert "was asked to end 30 s ago, and is still open." in offer["text"]
            control.click(offer, "control.terminate")
            submit(control, name="unheard")
            eventually(lambda: [run.status for run in temporal.windows("unheard")] == [Status.TERMINATED])
        finally:
            os.kill(worker, signal.SIGCONT)

        eventually(lambda: control.headline("unheard").startswith("unheard on prod: cancelled, 0 of 10 days"))
        shown = whole_thread(control, control.card("unheard"), "cancelled, 0 of 10 days complete")
    assert len([line for line in shown if "olivia terminated 1 workflow" in line]) == 1
    assert [run.status for run in temporal.sequences("unheard")] == [Status.COMPLETED]


def offers(control: Control) -> list[dict[str, Any]]:
    """Lines of the thread that offer Terminate."""
    thread = control.messages(thread_ts=control.card("unheard")["ts"])
    return [line for line in thread if "control.terminate" in str(line.get("blocks"))]
