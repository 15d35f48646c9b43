"""How the workflow calls its activities: their patience, and that each is tried until it succeeds.

A bot that is killed over one is replaced after the time named here; one that is asked to stop gives it back at once.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import SequenceLine
    from bot.model import Count, Followed, Ref, RunningWindow, SequenceProgress, SequenceSpec, Started, Window
    from bot.sequences.activities import Activities
    from bot.sequences.messages import CancelAsked, CountAsked, FollowAsked, StartAsked
    from bot.usecases.drive.publish import SequenceReport

# Temporal's client answers within a few seconds, and so does the store.
QUICK = timedelta(seconds=20)
# A follower that has not been heard of for so long is dead (it is heard of every ``follow.BEAT_EVERY``).
SILENCE = timedelta(seconds=20)
# A window ends when Temporal says so, not when its follower tires.
EVER = timedelta(days=3650)
AGAIN = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=0)


async def start(spec: SequenceSpec, running: RunningWindow) -> Started:
    """Start a window, unless the same start has begun it already, or somebody has run it while the sequence ran."""
    since = None if running.is_piece else spec.started_at
    token = f"{spec.id}:{running.number}"
    asked = StartAsked(spec.customer, running.window, token, since, running.started_at)
    return await workflow.execute_activity_method(
        Activities.start_window, asked, start_to_close_timeout=QUICK, retry_policy=AGAIN
    )


def follow(ref: Ref, limit: int | None) -> workflow.ActivityHandle[Followed]:
    """Follow a run, for as long as it takes."""
    return workflow.start_activity_method(
        Activities.follow,
        FollowAsked(ref, limit),
        start_to_close_timeout=EVER,
        heartbeat_timeout=SILENCE,
        retry_policy=AGAIN,
    )


async def look(ref: Ref) -> Followed:
    """How a run stands now."""
    return await follow(ref, 0)


def cancel(ref: Ref, reason: str) -> workflow.ActivityHandle[timedelta]:
    """Ask a run to end; what comes back is its heartbeat timeout."""
    return workflow.start_activity_method(
        Activities.cancel_run, CancelAsked(ref, reason), start_to_close_timeout=QUICK, retry_policy=AGAIN
    )


def count(spec: SequenceSpec, window: Window) -> workflow.ActivityHandle[Count]:
    """Count what a window has brought."""
    return workflow.start_activity_method(
        Activities.count_window,
        CountAsked(spec.customer, window),
        start_to_close_timeout=EVER,
        heartbeat_timeout=SILENCE,
        retry_policy=AGAIN,
    )


async def tell(progress: SequenceProgress, first: int, lines: Sequence[SequenceLine]) -> None:
    """Have these lines said, the first of them as number ``first``."""
    await workflow.execute_activity_method(
        Activities.tell, SequenceReport.of(progress, first, lines), start_to_close_timeout=QUICK, retry_policy=AGAIN
    )
