"""CustomerBackfill: one activity copies the days. It is retried from the first day until an attempt succeeds."""

from temporalio import workflow

from sandbox.worker.contract import WORKFLOW_TYPE, Backfill, Progress
from sandbox.worker.steps import cancelled_when_asked, copied_days, the_pace


@workflow.defn(name=WORKFLOW_TYPE)
class CustomerBackfill:
    @workflow.run
    async def run(self, backfill: Backfill) -> Progress:
        pace = await the_pace()
        with cancelled_when_asked():
            return await copied_days(backfill, pace)
