"""Calls of the activities of a queue, each retried until it succeeds, and its messages to sequences."""

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from bot.model.queue import QueueSignal, Survey
    from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult, SurveyRequest
    from bot.sequences.activity_stubs import HEARTBEAT_TIMEOUT, RETRY_FOREVER
    from bot.sequences.queue_activities import QueueActivities

# Listing and planning a cluster with thousands of runs takes less than this. A killed bot is noticed sooner, by its
# missing heartbeats.
LIMIT = timedelta(minutes=5)


async def survey(request: SurveyRequest) -> Survey:
    """Ask Temporal what takes slots, and which sequences of the queue are gone."""
    return await workflow.execute_activity_method(
        QueueActivities.survey,
        request,
        start_to_close_timeout=LIMIT,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RETRY_FOREVER,
    )


async def begin_queued(request: BeginQueuedRequest) -> BeginQueuedResult:
    """Plan the windows of a customer whose turn has come, and begin its sequence."""
    return await workflow.execute_activity_method(
        QueueActivities.begin_queued,
        request,
        start_to_close_timeout=LIMIT,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RETRY_FOREVER,
    )


async def signal(workflow_id: str, name: QueueSignal, *arguments: int) -> None:
    """Send a signal to a sequence. Raises FailureError if it is no longer open."""
    handle = workflow.get_external_workflow_handle(workflow_id)
    await handle.signal(name.value, args=arguments)


async def cancel(workflow_id: str, reason: str) -> None:
    """Request the cancellation of a sequence. One that has ended meanwhile needs none."""
    with suppress(FailureError):
        await workflow.get_external_workflow_handle(workflow_id).cancel(reason=reason)
