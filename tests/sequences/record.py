"""Records the histories that ``test_replay`` replays: ``python -m tests.sequences.record growing`` writes one anew.

A change of the workflow adds a scene and leaves the histories of the others as they are: running sequences have such.
"""

import asyncio
import json
import sys
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from bot.fleet.sequence import state
from bot.model import ExecutionStatus, OnStuck, OpenRun, Order, SequenceState
from bot.model.queue import QueueSignal, queue_id
from bot.sequences.activity_stubs import START_ATTEMPTS
from tests.sequences.queue_scene import queue, queue_by_batch, queue_by_rules, queue_held
from tests.sequences.stage import Stage, day, prompt
from tests.sequences.team import CLUSTER, CUSTOMER, Team, live_world

MOMENT = timedelta(milliseconds=200)
HISTORIES = Path(__file__).with_name("histories")


async def plain(stage: Stage) -> None:
    """Two windows at once after one that ran before, and a day that fails under the policy of going on."""
    running = stage.team.add("backfill-hilton-2026-01-01-2026-01-03")
    stage.team.failing = frozenset({day(9)})
    adopt = (OpenRun(running, day(1, 2)),)
    await stage.begin(stage.spec(9, size=2, parallel=2, adopt=adopt, on_stuck=OnStuck.CONTINUE))
    await stage.until(lambda progress: progress.running)
    stage.team.close(running, ExecutionStatus.COMPLETED)
    await stage.end()


async def clearing_and_halving(stage: Stage) -> None:
    """A run in the way that takes its time to end, then windows that are too big."""
    stage.team.stubborn, stage.team.most_days = True, 2
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-11", silent=2)
    await stage.begin(stage.spec(10, size=5, clear=(OpenRun(old, day(1, 10)),), cancel_patience=MOMENT))
    await stage.wait_for_line("still open")
    stage.team.stubborn = False
    await stage.end()


async def instructed(stage: Stage) -> None:
    """Every order once, the last one to stop."""
    await stage.begin_paused()
    await stage.instruct(Order.RESIZE, days=2)
    await stage.instruct(Order.SKIP, window=day(7, 2))
    await stage.instruct(Order.AGAIN, window=day(7))
    stage.team.holding = True
    await stage.instruct(Order.RESUME)
    await stage.until(lambda progress: progress.running and progress.running[0].ref)
    await stage.instruct(Order.STOP)
    await stage.end()


async def handed_over(stage: Stage) -> None:
    """The run that hands over to the next one."""
    prompt(stage)
    await stage.begin(stage.spec(12, size=1, parallel=2))
    await stage.end()


async def cancelled_in_temporal(stage: Stage) -> None:
    """Not told to stop, but cancelled."""
    stage.team.holding = True
    await stage.begin(stage.spec(10, size=5))
    await stage.until(lambda progress: progress.running and progress.running[0].ref)
    await stage.handle.cancel()
    await stage.end()


async def growing(stage: Stage) -> None:
    """Sizes that grow, a window that is too big, and half of the way back; every per cent of the target counts."""
    await stage.begin_with(replace(_to_grow(stage), dead_band=0.0))
    await stage.end()


async def growing_steadily(stage: Stage) -> None:
    """The same by the rules of now: a few per cent of the target change no size."""
    await stage.begin_with(_to_grow(stage))
    await stage.end()


async def growing_as_before(stage: Stage) -> None:
    """The same by the rules of before it was kept what has got through: nearly all of the way back."""
    await stage.begin_with(replace(_to_grow(stage), proven=None, dead_band=0.0))
    await stage.end()


async def waiting(stage: Stage) -> None:
    """A window that waits until it is known whether somebody else has run it."""
    stage.world.engines[CLUSTER].unanswered = START_ATTEMPTS
    await stage.begin(stage.spec(10, size=5))
    await stage.end(within=300)


async def stopped_while_waiting(stage: Stage) -> None:
    """Told to stop while a window waits."""
    stage.world.engines[CLUSTER].unanswered = 1_000_000
    await stage.begin(stage.spec(10, size=5))
    await stage.wait_for_line("waiting")
    await stage.instruct(Order.STOP)
    await stage.end(within=300)


async def in_doubt(stage: Stage) -> None:
    """A run in the way, and a window that times out, both of which return normally after their cancel."""
    stage.team.stubborn, stage.team.holding = True, True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-03", silent=2)
    await stage.begin(stage.spec(2, size=1, clear=(OpenRun(old, day(1, 2)),), on_stuck=OnStuck.CONTINUE))
    await stage.cancelled(old)
    stage.team.holding, stage.team.most_days = False, 0
    stage.team.close(old, ExecutionStatus.COMPLETED)
    running = await stage.until(lambda progress: progress.running and progress.running[0].ref)
    window = running.running[0].ref
    assert window
    await stage.cancelled(window)
    stage.team.most_days = 1
    stage.team.close(window, ExecutionStatus.COMPLETED)
    await stage.end()


async def slots(stage: Stage) -> None:
    """Windows that wait for slots: two at once, then a paused sequence that gives them back."""
    stage.team.holding = True
    await stage.begin(stage.spec(10, size=2, parallel=2))
    await stage.until(lambda progress: len(progress.running) == 2)
    await stage.instruct(Order.PAUSE)
    stage.team.holding = False
    await stage.until(lambda progress: not progress.running)
    await stage.instruct(Order.RESUME)
    await stage.end()


async def cancelled_with_a_slot(stage: Stage) -> None:
    """Cancelled in Temporal in the same workflow task in which it gets a slot."""
    stage.team.holding = True
    for number in range(stage.world.config.control.windows_at_once):
        stage.team.add(f"backfill-other-{number}-2026-01-01-2026-02-21")
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(lambda progress: progress.waits_for_slot)
    await stage.handle.signal(QueueSignal.GRANTED, 1)
    await stage.handle.cancel()
    async with stage.worker():
        await stage.end()


def _to_grow(stage: Stage) -> SequenceState:
    stage.team.most_days = 7
    stage.world.warehouses[CLUSTER].fill("scores", CUSTOMER, day(1, 60), rows=7)
    return state.begin(stage.spec(60, size=8, most=12, target=1_000))


async def reporting_first(stage: Stage) -> None:
    """Two runs in the way, which are cancelled once the first report is in the outbox."""
    runs = [
        stage.team.add("backfill-hilton-2026-01-01-2026-01-03"),
        stage.team.add("backfill-hilton-2026-01-03-2026-01-05"),
    ]
    clear = (OpenRun(runs[0], day(1, 2)), OpenRun(runs[1], day(3, 2)))
    await stage.begin(stage.spec(4, size=2, clear=clear))
    await stage.end()


SCENES: Mapping[str, Callable[[Stage], Awaitable[None]]] = MappingProxyType(
    {
        "plain": plain,
        "clearing-and-halving": clearing_and_halving,
        "instructed": instructed,
        "handed-over": handed_over,
        "cancelled-in-temporal": cancelled_in_temporal,
        "growing": growing,
        "growing-steadily": growing_steadily,
        "growing-as-before": growing_as_before,
        "waiting": waiting,
        # By the rules of before, that window is tried once more.
        "stopped-after-an-attempt": stopped_while_waiting,
        "stopped-while-waiting": stopped_while_waiting,
        "in-doubt": in_doubt,
        "slots": slots,
        "cancelled-with-a-slot": cancelled_with_a_slot,
        "reporting-first": reporting_first,
        "queue": queue,
        "queue-by-batch": queue_by_batch,
        # By a timer of the bot's own: these replay under every version of Python.
        "reporting-own-timer": reporting_first,
        "queue-own-timer": queue_by_batch,
        "queue-by-rules": queue_by_rules,
        "queue-held": queue_held,
        # By the rules of version 3, under which it sends few messages at once.
        "queue-paced": queue_held,
    }
)
# Scenes whose history is that of the queue.
OF_QUEUE = frozenset({queue, queue_by_batch, queue_by_rules, queue_held})
# Scenes in which the worker goes and comes.
WITH_OWN_WORKER = frozenset({cancelled_with_a_slot})


# After how many events the server asks for a new run.
LONG: Mapping[str, int] = MappingProxyType({**dict.fromkeys(SCENES, 10_000), "handed-over": 60})


async def record(scene: Callable[[Stage], Awaitable[None]], client: Client) -> dict[str, Any]:
    """The history of the first run of this scene: that of the sequence, or of the queue in the scene about it."""
    # That scene takes minutes, and each look adds to its history.
    every = "2s" if scene is queue_by_rules else "0.03s"
    world = live_world(f"bot-{uuid.uuid4().hex[:8]}", every)
    team = Team(world)
    working = asyncio.create_task(team.work())
    stage = Stage(client, world, team)
    async with nullcontext() if scene in WITH_OWN_WORKER else stage.worker():
        await scene(stage)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    workflow_id = queue_id(world.config.control_queue(CLUSTER)) if scene in OF_QUEUE else stage.workflow_id
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    first = min(runs, key=lambda run: run.start_time)
    handle = client.get_workflow_handle(workflow_id, run_id=first.run_id)
    return (await handle.fetch_history()).to_json_dict()


async def main(*names: str) -> None:
    """Each on a server of its own, which asks for a new run after few events."""
    binary = Path(sys.executable).with_name("temporal")
    for name in names:
        environment = await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(binary),
            dev_server_extra_args=["--dynamic-config-value", f"limit.historyCount.suggestContinueAsNew={LONG[name]}"],
            dev_server_log_level="error",
            data_converter=pydantic_data_converter,
            # The only thing in a history that would tell of the machine it was recorded on.
            identity="backfill-bot",
        )
        async with environment:
            history = await record(SCENES[name], environment.client)
        _write(HISTORIES / f"{name}.json", _without_traces(history))


def _without_traces(value: Any) -> Any:
    """Stack traces of failed attempts name files of the machine it was recorded on."""
    if isinstance(value, dict):
        return {key: _without_traces(part) for key, part in value.items() if key != "stackTrace"}
    return [_without_traces(part) for part in value] if isinstance(value, list) else value


def _write(path: Path, history: dict[str, Any]) -> None:
    path.write_text(json.dumps(history, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
