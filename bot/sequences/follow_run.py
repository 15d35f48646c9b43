"""Follows one run until it closes, cancels it when it has to end early, and counts the rows of its window. There is
no limit to how long following takes."""

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

# How long a sequence that is being stopped still waits for a count. Most counts take less.
LAST_COUNT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class RunFollower:
    """Follows the runs of one sequence. If a cancelled run does not close, a line in the sequence's thread reports
    it."""

    spec: SequenceSpec
    thread: Thread

    async def ended(self, ref: Ref, window: Window | None, reason: str) -> FollowedRun:
        """Cancel a run, and wait until the run and all workflows that end with it have closed. Returns the state of
        the run then. If the run or one of these workflows is still open after ``cancel_patience``, a line in the
        thread says so once, so that somebody can terminate it."""
        patience = self.spec.cancel_patience
        cancelling, following = activity_stubs.cancel(ref, reason), activity_stubs.follow(ref, None)
        # The timer may also have passed while no bot was running. So look again before reporting a run that has
        # closed since.
        if not await until(following.done, patience):
            state = await activity_stubs.current_state(ref)
            if state.status.is_open:
                is_below = state.below is not None
                self.thread.say(StillOpenLine(self.spec, state.below or ref, window, patience, is_below=is_below))
        followed = await following
        # The run may have closed by itself while the cancel request was still failing and being retried.
        cancelling.cancel()
        (seen,) = await asyncio.gather(cancelling, return_exceptions=True)
        return _with_timeout(followed, seen) if isinstance(seen, timedelta) else followed

    async def followed(self, ref: Ref, window: Window, is_stopped: Callable[[], bool]) -> FollowedRun:
        """Follow a window's run until it closes. Cancel it when it times out too often or when the sequence is
        stopped."""
        following = activity_stubs.follow(ref, self.spec.split_after)
        await until(lambda: following.done() or is_stopped())
        if following.done():
            followed = following.result()
            if not followed.status.is_open:
                return followed
            why = f"It timed out on heartbeat {followed.timeouts} times."
            ended = await self.ended(ref, window, why if followed.below is None else "Its parent has ended.")
            return _with_what_was_seen(ended, followed)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        return await self.ended(ref, window, "Its sequence was cancelled.")

    async def counted(self, window: Window, is_stopped: Callable[[], bool]) -> Count:
        """Count a window's rows. When the sequence is stopped, a slow count is given up after ``LAST_COUNT``."""
        counting = activity_stubs.count(self.spec, window)
        await until(lambda: counting.done() or is_stopped())
        if await until(counting.done, LAST_COUNT):
            return counting.result()
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        return Count(problem="The sequence was cancelled before it was counted.")


def _with_timeout(followed: FollowedRun, seen: timedelta) -> FollowedRun:
    """The run with the heartbeat timeout ``seen`` if that is longer than its own. ``seen`` was read while the run was
    open, because Temporal reports no heartbeat timeout of a closed run."""
    return replace(followed, heartbeat_timeout=max(followed.heartbeat_timeout, seen))


def _with_what_was_seen(ended: FollowedRun, before: FollowedRun) -> FollowedRun:
    """The closed run with the failures that were seen while it was open, because Temporal no longer reports them."""
    return replace(
        _with_timeout(ended, before.heartbeat_timeout),
        timeouts=max(ended.timeouts, before.timeouts),
        last_failure=ended.last_failure or before.last_failure,
        below=ended.below or before.below,
    )
