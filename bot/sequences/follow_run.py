"""Follows one run to its end, and cancels it when it has to end early. Waits for Temporal without a limit."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.sequence import StillOpenLine
    from bot.model import Count, FollowedRun, Ref, SequenceSpec, Window
    from bot.sequences import activity_stubs
    from bot.sequences.thread_queue import Thread
    from bot.sequences.waiting import until

# Most counts take less. A sequence that is stopped waits no longer for its last count.
LAST_COUNT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class RunFollower:
    """Follows the runs of one sequence, and reports to its thread what people have to know."""

    spec: SequenceSpec
    thread: Thread

    async def ended(self, ref: Ref, window: Window | None, reason: str) -> FollowedRun:
        """Cancel a run and follow it until it has closed. A run that is still open after ``cancel_patience`` is
        reported once, so that somebody may terminate it."""
        patience = self.spec.cancel_patience
        cancelling, following = activity_stubs.cancel(ref, reason), activity_stubs.follow(ref, None)
        # The timer also runs while no bot does: look again before anybody is called for a run that has closed.
        if not await until(following.done, patience) and (await activity_stubs.look(ref)).status.is_open:
            self.thread.say(StillOpenLine(self.spec, ref, window, patience))
        followed = await following
        # The run may have closed by itself while the cancel request was still being retried.
        cancelling.cancel()
        (seen,) = await asyncio.gather(cancelling, return_exceptions=True)
        return _with_timeout(followed, seen) if isinstance(seen, timedelta) else followed

    async def followed(self, ref: Ref, window: Window, is_stopped: Callable[[], bool]) -> FollowedRun:
        """Follow a window's run until it closes; cancel it when it times out too often or the sequence stops."""
        following = activity_stubs.follow(ref, self.spec.split_after)
        await until(lambda: following.done() or is_stopped())
        if following.done():
            followed = following.result()
            if not followed.status.is_open:
                return followed
            ended = await self.ended(ref, window, f"It timed out on heartbeat {followed.timeouts} times.")
            return _with_what_was_seen(ended, followed)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        return await self.ended(ref, window, "Its sequence was cancelled.")

    async def counted(self, window: Window, is_stopped: Callable[[], bool]) -> Count:
        """Count a window's rows. A count that does not come never delays a stop for long."""
        counting = activity_stubs.count(self.spec, window)
        await until(lambda: counting.done() or is_stopped())
        if await until(counting.done, LAST_COUNT):
            return counting.result()
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        return Count(problem="The sequence was cancelled before it was counted.")


def _with_timeout(followed: FollowedRun, seen: timedelta) -> FollowedRun:
    """The run with the longer of its own heartbeat timeout and ``seen``, the one from when it was open: Temporal
    reports none for a closed run."""
    return replace(followed, heartbeat_timeout=max(followed.heartbeat_timeout, seen))


def _with_what_was_seen(ended: FollowedRun, before: FollowedRun) -> FollowedRun:
    """Temporal does not tell the failures of a closed run either; those seen while it was open are kept."""
    return replace(
        _with_timeout(ended, before.heartbeat_timeout),
        timeouts=max(ended.timeouts, before.timeouts),
        last_failure=ended.last_failure or before.last_failure,
    )
