"""CustomerBackfill, the workflow that the sandbox's scenarios run by default. Search attributes and memo contain the
customer, the first day, and the day after the last day."""

from sandbox.scenario.runs import Run
from sandbox.worker.contract import (
    CUSTOMER,
    END,
    SEARCH_ATTRIBUTES,
    START,
    TASK_QUEUE,
    WORKFLOW_TYPE,
    Backfill,
    workflow_id,
)
from sandbox.worker.shapes.team import Start, TeamShape
from sandbox.worker.workflow import CustomerBackfill


def start(run: Run) -> Start:
    first, end = run.range.start.isoformat(), run.range.end.isoformat()
    fields = {CUSTOMER.name: run.customer, START.name: first, END.name: end}
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=workflow_id(run.customer, first, end),
        task_queue=TASK_QUEUE,
        arguments=[Backfill(run.customer, first, end, run.days_before_story)],
        search_attributes=fields,
        memo=fields,
    )


SHAPE = TeamShape([CustomerBackfill], lambda _cluster: TASK_QUEUE, start, SEARCH_ATTRIBUTES)
