"""The scene whose history is that of a cluster's queue, for ``record``."""

from collections.abc import Callable

from bot.model.queue import Batch, Enqueue, QueueChange, QueuedCustomer, QueueInstruction, QueueOrder, QueueState
from tests.adapters.temporal.server import eventually
from tests.fleet.builders import CAMPAIGN
from tests.sequences.stage import Stage, day
from tests.sequences.team import CLUSTER

BATCH = Batch("b1", "U0OLIVIA", "the January gap", "missing", CAMPAIGN, days=20)
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


async def _change(stage: Stage, change: QueueChange, *customers: str) -> None:
    await stage.world.queues[CLUSTER].change(QueueInstruction(change, "U0OSCAR", customers))


async def _until(stage: Stage, wanted: Callable[[QueueState], object]) -> None:
    """Wait until the queue is so. One that is not open is empty."""

    async def latest() -> QueueState:
        standing = await stage.world.queues[CLUSTER].standing()
        return standing.state if standing else QueueState()

    await eventually(latest, wanted)
