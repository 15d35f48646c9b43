"""The steps of the sandbox's workflows: reading the pace of the world, and copying days in an activity that sends
heartbeats.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ChildWorkflowError

from sandbox.worker.contract import ActivityPace, Backfill, Piece, Progress

COPY_DAYS = "copy_days"
COPY_PIECE = "copy_piece"
ACTIVITY_PACE = "activity_pace"
# No attempt takes this long. Only missing heartbeats time an attempt out.
LONGEST_ATTEMPT = timedelta(days=365)


async def the_pace() -> ActivityPace:
    """The durations of this world. A local activity returns them, so that the history records them and a replay uses
    the same."""
    pace: ActivityPace = await workflow.execute_local_activity(
        ACTIVITY_PACE, result_type=ActivityPace, start_to_close_timeout=timedelta(seconds=10)
    )
    return pace


async def copied_days(backfill: Backfill, pace: ActivityPace) -> Progress:
    """Copies the days, however many attempts it takes."""
    return await _copied(COPY_DAYS, backfill, pace)


async def copied(piece: Piece, pace: ActivityPace) -> Progress:
    """Copies one piece of a run, however many attempts it takes."""
    return await _copied(COPY_PIECE, piece, pace)


async def _copied(name: str, argument: Backfill | Piece, pace: ActivityPace) -> Progress:
    progress: Progress = await workflow.execute_activity(
        name,
        argument,
        result_type=Progress,
        start_to_close_timeout=LONGEST_ATTEMPT,
        heartbeat_timeout=timedelta(seconds=pace.heartbeat_timeout),
        retry_policy=RetryPolicy(initial_interval=timedelta(seconds=pace.retry_after), backoff_coefficient=1.0),
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )
    return progress


@contextmanager
def cancelled_when_asked() -> Iterator[None]:
    """A context manager around an activity or child that may fail. If the run was asked to cancel, such a failure
    ends the run as cancelled, even if the attempt was silent and only its timeout ended it."""
    try:
        yield
    except (ActivityError, ChildWorkflowError):
        if workflow.cancellation_reason() is not None:
            raise asyncio.CancelledError from None
        raise
