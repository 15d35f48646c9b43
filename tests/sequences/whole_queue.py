"""A whole queue on a real Temporal server, with what it takes of Temporal. Short workflows play its sequences."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.fleet.queue import state as queue_state
from bot.model.queue import (
    MAX_CUSTOMERS_PER_MESSAGE,
    QUEUE_TYPE,
    Batch,
    Demand,
    Enqueue,
    NotBegun,
    QueuedCustomer,
    QueueOrder,
    QueueSignal,
    Survey,
)
from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult, SurveyRequest
from bot.sequences.queue import BackfillQueue
from tests.adapters.temporal.server import eventually
from tests.fleet.builders import CAMPAIGN

AT_ONCE = 20
# One customer in so many has something to run.
RUNS_ONE_IN = 25
BATCH = Batch("b1", "U0OLIVIA", "the January gap", "missing", CAMPAIGN)
OPEN = "ExecutionStatus = 'Running'"


@dataclass(frozen=True)
class Outcome:
    """How a queue went: the customers that it began, and what it took of Temporal."""

    begun: int
    runs: int
    longest_history: int
    most_open: int


@workflow.defn
class QuickSequence:
    """Wants one slot, has it for a moment, and is over."""

    def __init__(self) -> None:
        self._granted = False
        workflow.set_signal_handler(QueueSignal.GRANTED.value, self._grant)

    @workflow.run
    async def run(self, queue: str, customer: str, sequence: str) -> None:
        handle = workflow.get_external_workflow_handle(queue)
        demand = Demand(workflow.info().workflow_id, sequence, customer, BATCH.id, 1, waiting=(1,))
        await handle.signal(QueueSignal.DEMAND.value, demand)
        await workflow.wait_condition(lambda: self._granted)
        over = Demand(workflow.info().workflow_id, sequence, customer, BATCH.id, 2, is_over=True)
        await handle.signal(QueueSignal.DEMAND.value, over)

    def _grant(self, _ticket: int) -> None:
        self._granted = True


class Cluster:
    """Plays the activities of the queue, and counts what is open at once."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue
        self.begun: Counter[str] = Counter()

    @activity.defn
    async def survey(self, _request: SurveyRequest) -> Survey:
        return Survey(AT_ONCE, 0, (), (), (), timedelta(minutes=10))

    @activity.defn
    async def begin_queued(self, request: BeginQueuedRequest) -> BeginQueuedResult:
        self.begun[request.customer] += 1
        if int(request.customer.rpartition("-")[2]) % RUNS_ONE_IN:
            return BeginQueuedResult(NotBegun.NOTHING_TO_RUN)
        await self._client.start_workflow(
            QuickSequence.run,
            args=[self._task_queue, request.customer, request.sequence],
            id=f"{self._task_queue}-{request.customer}",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=self._task_queue,
        )
        return BeginQueuedResult()


def queued_customers(count: int) -> tuple[QueuedCustomer, ...]:
    return tuple(QueuedCustomer(f"customer-{number:04}", number, BATCH.id) for number in range(count))


async def empty_queue(client: Client, count: int, within: float) -> Outcome:
    """Put that many customers into a queue and wait until it has begun them all, or found nothing to run for them."""
    name = f"many-{uuid.uuid4().hex[:8]}"
    cluster = Cluster(client, name)
    customers = queued_customers(count)
    handle = await client.start_workflow(QUEUE_TYPE, queue_state.begin(), id=name, task_queue=name)
    for at in range(0, count, MAX_CUSTOMERS_PER_MESSAGE):
        part = customers[at : at + MAX_CUSTOMERS_PER_MESSAGE]
        await handle.signal(QueueSignal.ENQUEUE.value, Enqueue(BATCH, part, QueueOrder.SMALLEST))
    most_open = 0

    async def left() -> int:
        nonlocal most_open
        most_open = max(most_open, (await client.count_workflows(f"{OPEN} AND TaskQueue = '{name}'")).count)
        state = (await handle.query(BackfillQueue.standing)).state
        return len(state.queued) + len(state.starting)

    async with Worker(
        client,
        task_queue=name,
        workflows=[BackfillQueue, QuickSequence],
        activities=[cluster.survey, cluster.begin_queued],
        workflow_runner=UnsandboxedWorkflowRunner(),
        # On a busy machine a step with thousands of customers takes longer than the 2 s after which the SDK calls it
        # a deadlock.
        debug_mode=True,
    ):
        await eventually(left, lambda count: not count, within=within)
    runs = [run.history_length async for run in client.list_workflows(f"WorkflowId = '{name}'")]
    return Outcome(len(cluster.begun), len(runs), max(runs), most_open)
