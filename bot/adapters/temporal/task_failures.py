"""Reads from the latest events of an open run why its workflow task fails."""

from collections.abc import Iterable
from datetime import UTC

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest

from bot.adapters.temporal.cluster import TemporalCluster
from bot.adapters.temporal.convert import failure
from bot.model import Failure, FailureKind, Ref, TaskFailure

# When a workflow task fails again and again, only its first failure is an event. After that event come at most the
# signals that have arrived since.
LATEST_EVENTS = 50


async def task_failure(temporal: TemporalCluster, ref: Ref) -> TaskFailure | None:
    """See ``bot.ports.Engine``. Asks for one page of the history, the latest events first."""
    run = WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id)
    async with temporal.asking() as client:
        answer = await client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=client.namespace, execution=run, maximum_page_size=LATEST_EVENTS
            ),
            retry=True,
            timeout=temporal.limit,
        )
    await temporal.codec.decode_end(answer.history)
    return _latest(answer.history.events)


def _latest(events: Iterable[HistoryEvent]) -> TaskFailure | None:
    """The latest end of a workflow task, if it is a failure or a timeout; None otherwise. ``events`` begin with the
    latest."""
    for event in events:
        at = event.event_time.ToDatetime(tzinfo=UTC)
        if event.HasField("workflow_task_completed_event_attributes"):
            return None
        if event.HasField("workflow_task_failed_event_attributes"):
            return TaskFailure(at, failure(event.workflow_task_failed_event_attributes.failure))
        if event.HasField("workflow_task_timed_out_event_attributes"):
            return TaskFailure(at, Failure(FailureKind.START_TO_CLOSE_TIMEOUT, ""))
    return None
