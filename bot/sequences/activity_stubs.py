"""Calls of the activities, with their timeouts. Each is retried until it succeeds.

When a bot process is killed during an activity, Temporal gives that activity to another bot process once its timeout
has passed. A bot that is shut down properly gives its activities back at once.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import SequenceLine
    from bot.model import (
        Count,
        FollowedRun,
        Ref,
        RunningWindow,
        SequenceProgress,
        SequenceSpec,
        StartResult,
        Window,
        followers_queue,
    )
    from bot.model.queue import Demand
    from bot.sequences.activities import Activities
    from bot.sequences.messages import CancelRunRequest, CountWindowRequest, FollowRequest, StartWindowRequest
    from bot.usecases.drive.publish import SequenceReport

# For activities that only call Temporal and the store, which both answer within a few seconds.
START_TO_CLOSE = timedelta(seconds=20)
# Many starts ask the same question first (``completed_elsewhere``), so one may wait for the answers to the others. A
# bot that is killed meanwhile is noticed sooner than this, by its missing heartbeats.
START_LIMIT = timedelta(minutes=2)
# The attempts to find out whether another run has completed the days meanwhile. With the intervals of
# ``RETRY_FOREVER``, they take about a minute.
START_ATTEMPTS = 6
# An activity that follows a run sends a heartbeat every ``follow.BEAT_EVERY``. Without one for this long, its bot is
# dead.
HEARTBEAT_TIMEOUT = timedelta(seconds=20)
# A window has no time limit: it ends when Temporal reports its run as closed.
UNLIMITED = timedelta(days=3650)
RETRY_FOREVER = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=0
)
# While the queue continues as new, for a second or so, Temporal refuses what is sent to it. A sequence must not wait
# much longer than that for its next slot.
RETRY_SOON = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=4), maximum_attempts=0
)


def start(spec: SequenceSpec, running: RunningWindow) -> workflow.ActivityHandle[StartResult]:
    """Start a run for the window. Starts none if an earlier attempt of this call has started one. Also starts none if
    another run has completed the days since the sequence began, and before ``running.started_at``. If the sequence
    runs the days again (``running.is_piece``), other runs do not count."""
    since = None if running.is_piece else spec.started_at
    token = f"{spec.id}:{running.number}"
    request = StartWindowRequest(
        spec.customer, running.window, token, since, running.started_at, START_ATTEMPTS, spec.campaign
    )
    return workflow.start_activity_method(
        Activities.start_window,
        request,
        start_to_close_timeout=START_LIMIT,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RETRY_FOREVER,
    )


def follow(ref: Ref, limit: int | None) -> workflow.ActivityHandle[FollowedRun]:
    """Follow a run until it closes, or until ``limit`` heartbeats have timed out; None means no limit. This may take
    days, so the activity has a task queue of its own, where it takes no slot from the other activities."""
    return _follow(FollowRequest(ref, limit), followers_queue(workflow.info().task_queue))


def _follow(request: FollowRequest, task_queue: str) -> workflow.ActivityHandle[FollowedRun]:
    return workflow.start_activity_method(
        Activities.follow,
        request,
        task_queue=task_queue,
        start_to_close_timeout=UNLIMITED,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RETRY_FOREVER,
    )


async def current_state(ref: Ref) -> FollowedRun:
    """Return the run's state now, without waiting for it to close."""
    return await _follow(FollowRequest(ref, 0), workflow.info().task_queue)


def cancel(ref: Ref, reason: str) -> workflow.ActivityHandle[timedelta]:
    """Request a run's cancellation. The result is the run's heartbeat timeout."""
    return workflow.start_activity_method(
        Activities.cancel_run,
        CancelRunRequest(ref, reason),
        start_to_close_timeout=START_TO_CLOSE,
        retry_policy=RETRY_FOREVER,
    )


def count(spec: SequenceSpec, window: Window) -> workflow.ActivityHandle[Count]:
    """Count the rows of a window in the customer's tables."""
    return workflow.start_activity_method(
        Activities.count_window,
        CountWindowRequest(spec.customer, window, spec.campaign),
        start_to_close_timeout=UNLIMITED,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RETRY_FOREVER,
    )


async def demand_slots(demand: Demand) -> None:
    """Tell the cluster's queue which slots the sequence has and wants."""
    await workflow.execute_activity_method(
        Activities.demand_slots, demand, start_to_close_timeout=START_TO_CLOSE, retry_policy=RETRY_SOON
    )


async def tell(progress: SequenceProgress, first: int, lines: Sequence[SequenceLine]) -> None:
    """Put these lines, numbered from ``first`` on, and the card with this progress into the outbox."""
    await workflow.execute_activity_method(
        Activities.tell,
        SequenceReport.of(progress, first, lines),
        start_to_close_timeout=START_TO_CLOSE,
        retry_policy=RETRY_FOREVER,
    )
