"""RegionalBackfill runs for several clusters in one namespace. A search attribute names the cluster of a run, and
each cluster has its own task queue.

The id contains customer and days: `emea/acme/2026-01-01..2026-01-11`, the end excluded.
"""

from dataclasses import dataclass

from temporalio import workflow

from sandbox.scenario.runs import Run
from sandbox.worker.contract import Backfill, Piece, Progress
from sandbox.worker.shapes.team import Start, TeamShape
from sandbox.worker.steps import cancelled_when_asked, copied, the_pace

WORKFLOW_TYPE = "RegionalBackfill"
REGION = "BackfillRegion"


@dataclass(frozen=True)
class RegionalDays:
    """ISO dates, `end` excluded."""

    region: str
    customer: str
    start: str
    end: str
    days_before_story: int = 0


@workflow.defn(name=WORKFLOW_TYPE)
class RegionalBackfill:
    @workflow.run
    async def run(self, days: RegionalDays) -> Progress:
        backfill = Backfill(days.customer, days.start, days.end, days.days_before_story)
        pace = await the_pace()
        with cancelled_when_asked():
            return await copied(Piece.whole(backfill), pace)


def task_queue(cluster: str) -> str:
    return f"regional-{cluster}"


def start(run: Run) -> Start:
    first, end = run.range.start.isoformat(), run.range.end.isoformat()
    return Start(
        workflow_type=WORKFLOW_TYPE,
        id=f"{run.cluster}/{run.customer}/{first}..{end}",
        task_queue=task_queue(run.cluster),
        arguments=[RegionalDays(run.cluster, run.customer, first, end, run.days_before_story)],
        search_attributes={REGION: run.cluster},
    )


SHAPE = TeamShape([RegionalBackfill], task_queue, start, search_attributes=(REGION,))
