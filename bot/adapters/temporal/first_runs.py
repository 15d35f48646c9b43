"""FirstRuns: finds the run with which the chain of a run began.

Temporal reports the same first run id for all firings of a cron schedule, although each firing is a logical run of
its own. Only the first event of a run tells whether a firing began it (docs/temporal-facts.md#chains).
"""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ContinueAsNewInitiator
from temporalio.api.history.v1 import WorkflowExecutionStartedEventAttributes
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest

from bot.adapters.temporal.cluster import TemporalCluster
from bot.errors import NotFound
from bot.model.execution import FirstRun

# The steps back to a firing. If a firing has more retries, the run after these steps counts as the first of its
# chain.
MOST_STEPS = 50
# How many answers are kept. A run whose answer was dropped costs one more call when it is described again.
MOST_KEPT = 10_000


class FirstRuns:
    """Finds the first run of each run's chain. Unless Temporal reports the run itself as the first, this takes
    requests for histories, so the answer is remembered."""

    def __init__(self, temporal: TemporalCluster) -> None:
        self._temporal = temporal
        self._known: dict[str, FirstRun] = {}

    async def of(self, info: WorkflowExecutionInfo) -> FirstRun:
        """The first run of the chain of a described run. Raises Unavailable."""
        execution, first = info.execution, info.first_run_id or info.execution.run_id
        if first == execution.run_id:
            return FirstRun(first)
        known = self._known.get(execution.run_id)
        if known is None:
            known = await self._find(execution, first)
            self._known[execution.run_id] = known
            if len(self._known) > MOST_KEPT:
                del self._known[next(iter(self._known))]
        return known

    async def _find(self, execution: WorkflowExecution, first: str) -> FirstRun:
        """Go back from a retried or continued run to the firing that began it."""
        run_id = execution.run_id
        for _ in range(MOST_STEPS):
            try:
                begun = await self._begun(WorkflowExecution(workflow_id=execution.workflow_id, run_id=run_id))
            except NotFound:
                return FirstRun(run_id, first)
            if not begun.cron_schedule:
                return FirstRun(first)
            is_firing = begun.initiator == ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE
            if is_firing or not begun.continued_execution_run_id:
                return FirstRun(run_id, first)
            run_id = begun.continued_execution_run_id
        return FirstRun(run_id, first)

    async def _begun(self, execution: WorkflowExecution) -> WorkflowExecutionStartedEventAttributes:
        async with self._temporal.asking() as client:
            answer = await client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(
                    namespace=client.namespace, execution=execution, maximum_page_size=1
                ),
                retry=True,
                timeout=self._temporal.limit,
            )
        for event in answer.history.events:
            return event.workflow_execution_started_event_attributes
        return WorkflowExecutionStartedEventAttributes()
