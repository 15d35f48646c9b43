"""CustomerBackfill: one activity that copies days, tried again from the first day until it gets through."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from sandbox.worker.contract import WORKFLOW_TYPE, ActivityPace, Backfill, Progress

COPY_DAYS = "copy_days"
ACTIVITY_PACE = "activity_pace"
# The activity's own time limit never matters: only missing heartbeats end an attempt.
LONGEST_ATTEMPT = timedelta(days=365)


@workflow.defn(name=WORKFLOW_TYPE)
class CustomerBackfill:
    @workflow.run
    async def run(self, backfill: Backfill) -> Progress:
        pace = await workflow.execute_local_activity(
            ACTIVITY_PACE, result_type=ActivityPace, start_to_close_timeout=timedelta(seconds=10)
        )
        try:
            copied: Progress = await workflow.execute_activity(
                COPY_DAYS,
                backfill,
                result_type=Progress,
                start_to_close_timeout=LONGEST_ATTEMPT,
                heartbeat_timeout=timedelta(seconds=pace.heartbeat_timeout),
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=pace.retry_after), backoff_coefficient=1.0
                ),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        except ActivityError:
            # A silent attempt learns of a cancel only by its timeout. The run ends as cancelled all the same.
            if workflow.cancellation_reason() is not None:
                raise asyncio.CancelledError from None
            raise
        return copied
