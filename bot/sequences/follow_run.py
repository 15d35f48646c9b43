"""How one run is followed to its end, and ended when it has to be: waiting for Temporal, whatever it takes."""

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

# A window is commonly counted within this; a sequence that is stopped waits for no more.
LAST_COUNT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one sequence; what people have to know of them goes into its thread."""

    spec: SequenceSpec
    thread: Thread

    async def ended(self, ref: Ref, window: Window | None, reason: str) -> FollowedRun:
        """Ask it to end, and follow it until it has. When it takes its time people are told, once: they may
        terminate it."""
        patience = self.spec.cancel_patience
        cancelling, following = activity_stubs.cancel(ref, reason), activity_stubs.follow(ref, None)
        # Time passes without the bot, too: nobody may be called for a run that has closed meanwhile.
        if not await until(following.done, patience) and (await activity_stubs.look(ref)).status.is_open:
            self.thread.say(StillOpenLine(self.spec, ref, window, patience))
        followed = await following
        # It may have closed by itself while nobody could be asked to cancel it.
        cancelling.cancel()
        (seen,) = await asyncio.gather(cancelling, return_exceptions=True)
        return _with_timeout(followed, seen) if isinstance(seen, timedelta) else followed

    async def followed(self, ref: Ref, window: Window, is_stopped: Callable[[], bool]) -> FollowedRun:
        """Follow a window until it is over: by itself, or ended because it times out or the sequence stops."""
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
        """Count what it has brought. Whatever keeps it from being counted keeps the sequence from no stop."""
        counting = activity_stubs.count(self.spec, window)
        await until(lambda: counting.done() or is_stopped())
        if await until(counting.done, LAST_COUNT):
            return counting.result()
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        return Count(problem="The sequence was cancelled before it was counted.")


def _with_timeout(followed: FollowedRun, seen: timedelta) -> FollowedRun:
    """A look at a closed run tells no heartbeat timeout: one from before it closed does."""
    return replace(followed, heartbeat_timeout=max(followed.heartbeat_timeout, seen))


def _with_what_was_seen(ended: FollowedRun, before: FollowedRun) -> FollowedRun:
    """Nor does it tell what an open run had failed of, unless the store answers."""
    return replace(
        _with_timeout(ended, before.heartbeat_timeout),
        timeouts=max(ended.timeouts, before.timeouts),
        last_failure=ended.last_failure or before.last_failure,
    )
