"""The contract of bot.ports.WindowQueue, on the fake and on the adapter."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalQueue
from bot.errors import Unavailable
from bot.fleet.queue import state as queue_state
from bot.model.queue import (
    QUEUE_QUERY,
    QUEUE_TYPE,
    Demand,
    Enqueue,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueSignal,
    QueueStanding,
    QueueState,
)
from bot.ports import WindowQueue
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import TemporalServer, free_port
from tests.fakes.queue import FakeQueue
from tests.fleet.queue.builders import BATCH


@workflow.defn(name=QUEUE_TYPE)
class StandIn:
    """Takes messages as the bot's queue does, and gives out nothing."""

    @workflow.init
    def __init__(self, state: QueueState) -> None:
        self._state = state

    @workflow.run
    async def run(self, _state: QueueState) -> None:
        await asyncio.Event().wait()

    @workflow.query(name=QUEUE_QUERY)
    def standing(self) -> QueueStanding:
        return QueueStanding(self._state)

    @workflow.signal(name=QueueSignal.DEMAND)
    def demand(self, demand: Demand) -> None:
        self._state = queue_state.take_demand(self._state, demand)

    @workflow.signal(name=QueueSignal.ENQUEUE)
    def enqueue(self, message: Enqueue) -> None:
        self._state = queue_state.enqueue(self._state, message)

    @workflow.signal(name=QueueSignal.CHANGE)
    def change(self, instruction: QueueInstruction) -> None:
        self._state = queue_state.change(self._state, instruction)


class Queues:
    """A queue, and one whose server is away."""

    def __init__(self, queue: WindowQueue, away: WindowQueue) -> None:
        self.queue, self.away = queue, away


@pytest.fixture(params=["real", "fake"])
async def queues(request: pytest.FixtureRequest, unique: str) -> AsyncIterator[Queues]:
    if request.param == "fake":
        yield Queues(FakeQueue(), FakeQueue(away=Unavailable("Temporal", "no answer")))
        return
    server: TemporalServer = request.getfixturevalue("server")
    away = TemporalQueue(temporal_at(f"127.0.0.1:{free_port()}"), unique)
    async with Worker(
        await temporal_at(server.address).worker_client(),
        task_queue=unique,
        workflows=[StandIn],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(0),
    ):
        yield Queues(TemporalQueue(temporal_at(server.address), unique), away)


def message(*customers: str) -> Enqueue:
    queued = tuple(QueuedCustomer(name, number, BATCH.id) for number, name in enumerate(customers))
    return Enqueue(BATCH, queued, QueueOrder.SMALLEST)


async def test_where_no_queue_is_open_there_is_none_to_look_at(queues: Queues) -> None:
    assert await queues.queue.standing() is None


async def test_the_first_message_begins_a_queue_and_one_that_is_sent_twice_changes_nothing(queues: Queues) -> None:
    await queues.queue.enqueue(message("cvs", "hilton"))
    first = await queues.queue.standing()
    await queues.queue.enqueue(message("cvs", "hilton"))

    assert first == await queues.queue.standing()
    assert first is not None
    assert [queued.customer for queued in first.state.queued] == ["cvs", "hilton"]


async def test_a_change_reaches_the_queue_each_time(queues: Queues) -> None:
    for change in (QueueChange.PAUSE, QueueChange.RESUME, QueueChange.PAUSE):
        await queues.queue.change(QueueInstruction(change, "U0OLIVIA"))
    standing = await queues.queue.standing()

    assert standing is not None
    assert standing.state.paused_by == "U0OLIVIA"


async def test_a_demand_makes_its_sequence_known(queues: Queues) -> None:
    demand = Demand("sequence-hilton", "seq-1", "hilton", "", 2, waiting=(1,))
    await queues.queue.demand(demand)
    standing = await queues.queue.standing()

    assert standing is not None
    assert [member.demand for member in standing.state.members] == [demand]


async def test_a_server_that_is_away_is_unavailable(queues: Queues) -> None:
    with pytest.raises(Unavailable):
        await queues.away.enqueue(message("hilton"))
