"""The budget of calls to one cluster's Temporal. It spreads the calls that can wait."""

from collections import deque

SPAN = 1.0
# In seconds. Calls left over from an even pace may be made up to this much later. With a longer time, calls made
# early could use up the budget of calls that become due a moment later.
PACE_KEPT = 0.25
# A listing takes few calls, but cannot be split. So one call in twenty is kept for listings.
SHARE_OF_LISTINGS = 20
# Of the other calls, one in four may be for background work, which can wait for hours.
SHARE_OF_BACKGROUND = 4


def describes_per_second(per_second: int) -> int:
    """The part of the budget that describe calls may use."""
    return max(1, per_second - max(1, per_second // SHARE_OF_LISTINGS))


class CallBudget:
    """Tells callers how many calls to a cluster they may make now, so that they stay within ``per_second`` in any
    second. Calls for a person's question are counted, but do not wait, so other calls wait longer. Times are seconds
    on the monotonic clock."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._for_describes = describes_per_second(per_second)
        self._calls: deque[float] = deque()
        self._pace, self._paced_at = 0.0, 0.0

    def spend(self, now: float, calls: int = 1) -> None:
        """Count calls that are made now."""
        self._calls.extend([now] * calls)
        self._pace, self._paced_at = self._left_of_pace(now) - calls, now

    def used(self, now: float) -> int:
        """How many calls were made within the last second."""
        while self._calls and self._calls[0] <= now - SPAN:
            self._calls.popleft()
        return len(self._calls)

    def within(self, span: float) -> int:
        """How many describe calls fit into ``span`` seconds, at least one."""
        return max(1, int(self._for_describes * span))

    def early(self, now: float) -> int:
        """How many describe calls may be made now for runs that are not due yet: as many as the calls made so far lag
        behind an even pace (``PACE_KEPT`` limits the lag). The other calls of the budget are kept for runs that
        become due soon."""
        return max(0, int(self._left_of_pace(now)))

    def _left_of_pace(self, now: float) -> float:
        grown = self._pace + (now - self._paced_at) * self._for_describes
        return min(grown, max(1.0, self._for_describes * PACE_KEPT))

    @property
    def spare(self) -> int:
        """How many calls may be made at once for background work, at least one."""
        return max(1, self._for_describes // SHARE_OF_BACKGROUND)

    def wait(self, now: float) -> float:
        """The seconds until a describe call may be made; 0 when one may be made now."""
        over = self.used(now) - self._for_describes
        return 0.0 if over < 0 else max(0.0, self._calls[over] + SPAN - now)
