"""Sequences and queues that began under an earlier version of their workflows go on under this one."""

import json
import socket
import sys
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from bot.adapters.temporal.converter import data_converter
from bot.sequences.queue import BackfillQueue
from bot.sequences.workflow import SequentialBackfill
from tests.sequences.record import HISTORIES, SCENES

RECORDED = sorted(HISTORIES.glob("*.json"))
# Recorded with Python 3.11 before the bot's waits were independent of the version. Where the bot runs on a later one,
# such workflows wait for a bot on 3.11 (docs/operations.md).
OF_PYTHON_3_11 = frozenset({"queue-by-batch", "reporting-first"})


def recorded(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def without_a_start(path: Path) -> WorkflowHistory:
    """Its second start of a window is something else."""
    history = json.loads(path.read_text())
    starts = [event for event in history["events"] if _starts_a_window(event)]
    starts[1]["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "something_else"
    return WorkflowHistory.from_json(path.stem, history)


def test_there_is_a_history_of_every_scene() -> None:
    assert {path.stem for path in RECORDED} == set(SCENES)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    if path.stem in OF_PYTHON_3_11 and sys.version_info[:2] > (3, 11):
        pytest.skip("it waits as asyncio did in Python 3.11")
    replayer = Replayer(workflows=[SequentialBackfill, BackfillQueue], data_converter=data_converter)

    replayed = await replayer.replay_workflow(recorded(path))

    assert replayed.replay_failure is None


async def test_a_workflow_that_decides_otherwise_would_not_replay() -> None:
    replayer = Replayer(workflows=[SequentialBackfill, BackfillQueue], data_converter=data_converter)

    replayed = await replayer.replay_workflow(
        without_a_start(HISTORIES / "plain.json"), raise_on_replay_failure=False
    )

    assert replayed.replay_failure is not None


def _starts_a_window(event: dict[str, dict[str, dict[str, str]]]) -> bool:
    scheduled = event.get("activityTaskScheduledEventAttributes", {})
    return scheduled.get("activityType", {}).get("name") == "start_window"


def test_the_history_that_hands_over_does() -> None:
    events = json.loads((HISTORIES / "handed-over.json").read_text())["events"]

    assert events[-1]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW"


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_history_tells_nothing_of_where_it_was_recorded(path: Path) -> None:
    text = path.read_text()

    assert [word for word in (socket.gethostname(), str(Path.home()), "/work", "/tmp") if word in text] == []
