"""TenantBackfill copies nothing itself. It starts a child workflow for every two days, two children at once.

The id contains the customer, the first day and the last day: `tenant-backfill/acme/20260101-20260110`.
"""

import asyncio
from collections.abc import Iterator

from temporalio import workflow

from sandbox.scenario.runs import Run
from sandbox.worker.contract import Piece, Progress
from sandbox.worker.shapes.team import Start, TeamShape, days_after, days_between
from sandbox.worker.steps import cancelled_when_asked, copied, the_pace

WORKFLOW_TYPE = "TenantBackfill"
CHILD_TYPE = "CopyTenantDays"
TASK_QUEUE = "tenants"
DAYS_OF_A_CHILD = 2
AT_ONCE = 2


@workflow.defn(name=CHILD_TYPE)
class CopyTenantDays:
    @workflow.run
    async def run(self, piece: Piece) -> Progress:
        pace = await the_pace()
        with cancelled_when_asked():
            return await copied(piece, pace)


@workflow.defn(name=WORKFLOW_TYPE)
class TenantBackfill:
    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    @workflow.run
    async def run(self, customer: str, start: str, end: str, days_before_story: int = 0) -> int:
        """Copies the days in children. Returns the number of rows."""
        whole = Piece(customer, start, end, start, end, days_before_story)
        with cancelled_when_asked():
            copies = await asyncio.gather(*(self._copied_by_a_child(piece) for piece in _pieces(whole)))
        return sum(copied.rows for copied in copies)

    async def _copied_by_a_child(self, piece: Piece) -> Progress:
        async with self._turns:
            return await workflow.execute_child_workflow(
                CopyTenantDays.run, piece, id=f"tenant-days/{piece.customer}/{_days(piece.start, piece.end)}"
            )


def _pieces(whole: Piece) -> Iterator[Piece]:
    for days in range(0, days_between(whole.start, whole.end), DAYS_OF_A_CHILD):
        start = days_after(whole.start, days)
        end = min(days_after(start, DAYS_OF_A_CHILD), whole.end)
        yield Piece(whole.customer, start, end, whole.start, whole.end, whole.days_before_story)


def _days(start: str, end: str) -> str:
    """The first and the last day as in the workflow id: `20260101-20260110`. `end` is the day after the last one."""
    return "-".join(day.replace("-", "") for day in (start, days_after(end, -1)))


def start(run: Run) -> Start:
    first, end = run.range.start.isoformat(), run.range.end.isoformat()
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"tenant-backfill/{run.customer}/{_days(first, end)}",
        task_queue=TASK_QUEUE,
        arguments=[run.customer, first, end, run.days_before_story],
    )


SHAPE = TeamShape([TenantBackfill, CopyTenantDays], lambda _cluster: TASK_QUEUE, start)
