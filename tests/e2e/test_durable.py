"""A sequence outlives what runs it: the bot dies twice and the worker once, and not a window is lost or doubled."""

import os
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus as Status

from tests.e2e.confirming import close, do, proposed, submit
from tests.e2e.control import Control
from tests.e2e.processes import SCENARIOS, Sandbox, bot, eventually, kill, sandbox, until
from tests.e2e.temporal import Temporal

pytestmark = pytest.mark.timeout(180)

DAYS = [f"2026-01-{day:02}-2026-01-{day + 1:02}" for day in range(1, 11)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("durable")


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[Sandbox]:
    with sandbox(SCENARIOS / "durable.toml", folder, speed=3600) as world:
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
        worker = control.get("_control/world")["processes"]["worker"]
        os.kill(worker, signal.SIGKILL)
        card = eventually(lambda: control.card("survivor"))
        runs = until(
            lambda: temporal.windows("survivor"), lambda runs: len(runs) == 10 and runs[-1].closed_at is not None
        )
        until(lambda: temporal.sequences("survivor"), lambda sequences: sequences[0].closed_at is not None)
        told = eventually(lambda: control.thread(card))
        verified = control.ask("/backfill verify survivor")

    assert [(run.days, run.status) for run in runs] == [(days, Status.COMPLETED) for days in DAYS]
    assert all(one.closed_at and one.closed_at <= other.started_at for one, other in pairwise(runs))
    assert len(temporal.sequences("survivor")) == 1
    assert len(told) == len(set(told))
    assert verified.startswith("survivor matches")


def test_a_cancelled_window_that_stays_open_is_offered_to_be_terminated(
    world: Sandbox, control: Control, temporal: Temporal, folder: Path
) -> None:
    worker = control.get("_control/world")["processes"]["worker"]
    with bot(world, folder):
        do(control, "/backfill run unheard")
        eventually(lambda: temporal.windows("unheard"))
        os.kill(worker, signal.SIGSTOP)
        try:
            do(control, "/backfill cancel unheard")
            card = eventually(lambda: control.card("unheard"))
            eventually(lambda: "cancelling" in str(control.card("unheard")), 15)
            offer = eventually(
                lambda: [m for m in control.messages(thread_ts=card["ts"]) if "control.terminate" in str(m)]
            )
            control.click(offer[0], "control.terminate")
            proposed(control)
            submit(control, name="unheard")
            eventually(lambda: [run.status for run in temporal.windows("unheard")] == [Status.TERMINATED])
        finally:
            os.kill(worker, signal.SIGCONT)
        close(control)

        eventually(lambda: all(run.closed_at for run in temporal.sequences("unheard")))
