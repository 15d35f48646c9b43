"""The scenes whose histories are those of a cluster's queue, for ``record``."""

from collections.abc import Callable
from dataclasses import replace

from bot.model import ExecutionStatus
from bot.model.queue import (
    Batch,
    Enqueue,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueState,
    queue_id,
)
from tests.adapters.temporal.server import eventually
from tests.fleet.builders import CAMPAIGN
from tests.sequences.stage import Stage, day
from tests.sequences.team import CLUSTER

BATCH = Batch("b1", "U0OLIVIA", "the January gap", "missing", CAMPAIGN, days=20)
WITHIN = 300
QUEUED = ("cvs", "spirit", "vivint")


async def queue(stage: Stage) -> None:
    """A single command that holds slots, a campaign whose turn comes, and every change."""
    world = stage.world
    world.engines[CLUSTER].workers["backfill"] = 1
    for name in QUEUED:
        world.warehouses[CLUSTER].volume[name] = dict.fromkeys(day(1, 51).each_day(), 7)
    stage.team.holding = True
    await stage.begin(stage.spec(10, size=5, parallel=2))
    await stage.until(lambda progress: len(progress.running) == 2)
    await _change(stage, QueueChange.PAUSE)
    queued = tuple(QueuedCustomer(name, rows, BATCH.id) for rows, name in enumerate(QUEUED))
    await world.queues[CLUSTER].enqueue(Enqueue(BATCH, queued, QueueOrder.SMALLEST))
    await _change(stage, QueueChange.HOLD, "cvs")
    await _change(stage, QueueChange.RELEASE, "cvs")
    await _change(stage, QueueChange.REMOVE, "spirit")
    await _change(stage, QueueChange.RESUME)
    await _until(stage, lambda state: any(each.is_begun for each in state.starting))
    await _change(stage, QueueChange.CLEAR)
    stage.team.holding = False
    await stage.end()
    await _until(stage, lambda state: not state.members)


async def queue_by_batch(stage: Stage) -> None:
    """Two commands for different days of the same customers, a cancel in Temporal, and what is queued after it."""
    world = stage.world
    world.engines[CLUSTER].workers["backfill"] = 1
    for name in (*QUEUED, "boost"):
        world.warehouses[CLUSTER].volume[name] = dict.fromkeys(day(1, 51).each_day(), 7)
    stage.team.holding = True
    await stage.begin(stage.spec(10, size=5, parallel=2))
    await stage.until(lambda progress: len(progress.running) == 2)
    await _change(stage, QueueChange.PAUSE)
    for batch in (replace(BATCH, whole=day(1, 10)), replace(BATCH, id="b2", whole=day(11, 10))):
        await _enqueue(stage, batch, "cvs", "spirit")
    await _change(stage, QueueChange.RESUME)
    await _until(stage, lambda state: sum(each.is_begun for each in state.starting) == 2)
    await stage.client.get_workflow_handle(queue_id(world.config.control_queue(CLUSTER))).cancel()
    await _until(stage, lambda state: not state.queued)
    await _enqueue(stage, replace(BATCH, id="b3"), "vivint")
    await _until(stage, lambda state: any(each.customer == "vivint" and each.is_begun for each in state.starting))
    stage.team.holding = False
    await stage.end()
    await _enqueue(stage, replace(BATCH, id="b4"), "boost")
    await _until(stage, lambda state: any(each.customer == "boost" and each.is_begun for each in state.starting))


async def queue_by_rules(stage: Stage) -> None:
    """A turn that is over because nobody works, another customer's turn, and both once somebody works. Both are
    taken out before their first demand. Then a place is held, whose days are complete."""
    world = stage.world
    for name in QUEUED:
        world.warehouses[CLUSTER].volume[name] = dict.fromkeys(day(1, 51).each_day(), 7)
    stage.team.holding = True
    await stage.begin(stage.spec(10, size=5, parallel=2))
    await stage.until(lambda progress: len(progress.running) == 2)
    # All slots but one are taken.
    for number in range(world.config.control.windows_at_once - 3):
        stage.team.add(f"backfill-other-{number}-2026-01-01-2026-02-21")
    await _enqueue(stage, BATCH, "cvs")
    await _until(stage, lambda state: [each.customer for each in state.starting] == ["cvs"])
    await _enqueue(stage, replace(BATCH, id="b2"), "spirit")
    await _until(stage, lambda state: [each.customer for each in state.starting] == ["spirit"])
    world.engines[CLUSTER].workers["backfill"] = 1
    stage.team.holding = False
    await stage.end()
    await _until(stage, lambda state: sum(each.is_begun for each in state.starting) == 2)
    await _change(stage, QueueChange.CLEAR)
    await _until(stage, lambda state: len(state.withdrawn) == 2)
    stage.team.close(stage.team.add("backfill-vivint-2026-01-01-2026-02-21"), ExecutionStatus.COMPLETED)
    await _change(stage, QueueChange.PAUSE)
    await _enqueue(stage, replace(BATCH, id="b3"), "vivint")
    await _change(stage, QueueChange.HOLD, "vivint")
    await _until(stage, lambda state: not state.queued)


async def queue_held(stage: Stage) -> None:
    """Two places of a customer, one of them held, and a third one that replaces both. It lets another customer go
    first, until it is released."""
    world = stage.world
    world.engines[CLUSTER].workers["backfill"] = 1
    for name in QUEUED:
        world.warehouses[CLUSTER].volume[name] = dict.fromkeys(day(1, 51).each_day(), 7)
    stage.team.holding = True
    await stage.begin(stage.spec(10, size=5, parallel=2))
    await stage.until(lambda progress: len(progress.running) == 2)
    await _change(stage, QueueChange.PAUSE)
    await _enqueue(stage, replace(BATCH, whole=day(1, 10)), "cvs")
    await _change(stage, QueueChange.HOLD, "cvs")
    await _enqueue(stage, replace(BATCH, id="b2", whole=day(11, 10)), "cvs")
    await _enqueue(stage, replace(BATCH, id="b3"), "cvs", "spirit")
    await _change(stage, QueueChange.RESUME)
    await _until(stage, lambda state: any(each.customer == "spirit" and each.is_begun for each in state.starting))
    await _change(stage, QueueChange.RELEASE, "cvs")
    await _until(stage, lambda state: any(each.customer == "cvs" and each.is_begun for each in state.starting))
    stage.team.holding = False
    await stage.end()


async def _enqueue(stage: Stage, batch: Batch, *customers: str) -> None:
    queued = tuple(QueuedCustomer(name, rows, batch.id) for rows, name in enumerate(customers))
    await stage.world.queues[CLUSTER].enqueue(Enqueue(batch, queued, QueueOrder.SMALLEST))


async def _change(stage: Stage, change: QueueChange, *customers: str) -> None:
    await stage.world.queues[CLUSTER].change(QueueInstruction(change, "U0OSCAR", customers))


async def _until(stage: Stage, wanted: Callable[[QueueState], object]) -> None:
    """Wait until the queue is so. One that is not open is empty."""

    async def latest() -> QueueState:
        standing = await stage.world.queues[CLUSTER].standing()
        return standing.state if standing else QueueState()

    await eventually(latest, wanted, within=WITHIN)
