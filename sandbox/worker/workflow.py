"""CustomerBackfill: one activity that copies days, tried again from the first day until it gets through."""

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
