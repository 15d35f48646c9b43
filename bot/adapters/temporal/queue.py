"""TemporalQueue: ``bot.ports.WindowQueue`` for one cluster.

Each message is a signal that starts the queue's workflow if none is open. So Temporal itself makes sure that no two
of these workflows are open at once.
"""

import asyncio
from typing import Any

from temporalio.api.common.v1 import Payloads, WorkflowExecution, WorkflowType
from temporalio.api.enums.v1 import WorkflowIdReusePolicy
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import QueryWorkflowRequest, SignalWithStartWorkflowExecutionRequest

from bot.adapters.temporal import convert, names
from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.connect import IDENTITY
from bot.adapters.temporal.converter import data_converter
from bot.errors import NotFound, Unavailable
from bot.fleet.queue import state as queue_state
from bot.model.queue import (
    QUEUE_QUERY,
    QUEUE_TYPE,
    Demand,
    Enqueue,
    QueueInstruction,
    QueueSignal,
    QueueStanding,
    queue_id,
)


class TemporalQueue:
    """Sends to the queue whose workflow runs on ``task_queue``."""

    def __init__(self, temporal: TemporalCluster, task_queue: str) -> None:
        self._temporal = temporal
        self._task_queue = task_queue
        self._id = queue_id(task_queue)

    async def demand(self, demand: Demand) -> None:
        """See ``bot.ports.WindowQueue``."""
        await self._send(QueueSignal.DEMAND, demand, f"{demand.sequence}:{demand.revision}")

    async def enqueue(self, message: Enqueue) -> None:
        """See ``bot.ports.WindowQueue``."""
        first = message.customers[0].customer if message.customers else ""
        await self._send(QueueSignal.ENQUEUE, message, f"{message.batch.id}:{first}")

    async def change(self, instruction: QueueInstruction) -> None:
        """See ``bot.ports.WindowQueue``. A later call may ask for the same change again, so each call is a signal of
        its own."""
        await self._send(QueueSignal.CHANGE, instruction, names.unique())

    async def standing(self) -> QueueStanding | None:
        """See ``bot.ports.WindowQueue``."""
        try:
            described = await self._temporal.describe(self._id)
        except NotFound:
            return None
        latest = convert.execution(self._temporal.name, described.workflow_execution_info)
        if not latest.status.is_open:
            return None
        async with self._temporal.asking() as client:
            answer = await client.workflow_service.query_workflow(
                QueryWorkflowRequest(
                    namespace=client.namespace,
                    execution=WorkflowExecution(workflow_id=self._id),
                    query=WorkflowQuery(query_type=QUEUE_QUERY),
                ),
                retry=True,
                timeout=self._temporal.limit,
            )
        return await self._decoded(answer.query_result)

    async def _decoded(self, answer: Payloads) -> QueueStanding:
        await self._temporal.codec.decode(answer.payloads)
        try:
            [standing] = await data_converter.decode(answer.payloads, [QueueStanding])
        except (RuntimeError, ValueError) as exc:
            raise Unavailable(
                self._temporal.system, "its queue answers in a way that this bot does not read"
            ) from exc
        assert isinstance(standing, QueueStanding)
        return standing

    async def _send(self, signal: QueueSignal, message: Any, name: str) -> None:
        start, argument = await asyncio.gather(
            data_converter.encode([queue_state.begin()]), data_converter.encode([message])
        )
        async with self._temporal.asking() as client:
            request = SignalWithStartWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_id=self._id,
                workflow_type=WorkflowType(name=QUEUE_TYPE),
                task_queue=TaskQueue(name=self._task_queue),
                input=Payloads(payloads=start),
                identity=IDENTITY,
                request_id=names.request_id(signal.value, name),
                workflow_id_reuse_policy=WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
                signal_name=signal.value,
                signal_input=Payloads(payloads=argument),
            )
            await self._temporal.codec.encode([*request.input.payloads, *request.signal_input.payloads])
            await client.workflow_service.signal_with_start_workflow_execution(
                request, retry=True, timeout=self._temporal.limit
            )
