"""CarefulBackfill catches its cancellation: it stops copying and returns `{"status": "stopped"}`, so Temporal shows
it as completed.

The memo contains customer and days, the end excluded.
"""

import asyncio
import uuid
from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ActivityError

from sandbox.scenario.runs import Run
from sandbox.worker.contract import Backfill, Piece
from sandbox.worker.shapes.team import Start, TeamShape
from sandbox.worker.steps import copied, the_pace

WORKFLOW_TYPE = "CarefulBackfill"
TASK_QUEUE = "careful"


@dataclass(frozen=True)
class Outcome:
    """`status` is "done" or "stopped"."""

    status: str
    rows: int = 0


@workflow.defn(name=WORKFLOW_TYPE)
class CarefulBackfill:
    @workflow.run
    async def run(self, customer: str, start: str, end: str, days_before_story: int = 0) -> Outcome:
        pace = await the_pace()
        try:
            progress = await copied(Piece.whole(Backfill(customer, start, end, days_before_story)), pace)
        except (ActivityError, asyncio.CancelledError):
            if workflow.cancellation_reason() is None:
                raise
            return Outcome("stopped")
        return Outcome("done", progress.rows)


def start(run: Run) -> Start:
    first, end = run.range.start.isoformat(), run.range.end.isoformat()
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"careful-{uuid.uuid4()}",
        task_queue=TASK_QUEUE,
        arguments=[run.customer, first, end, run.days_before_story],
        memo={"account": run.customer, "from": first, "until": end},
    )


SHAPE = TeamShape([CarefulBackfill], lambda _cluster: TASK_QUEUE, start)
