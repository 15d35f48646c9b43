"""The budget of calls that the bot may make to one cluster's Temporal by itself, without anybody asking it."""

from collections import deque

SPAN = 1.0
# Calls for listings are few but cannot be split, so one call in twenty is kept for them.
SHARE_OF_LISTINGS = 20
# Of the others, one in four may go to what can wait for hours.
SHARE_OF_BACKGROUND = 4


def describes_per_second(per_second: int) -> int:
    """What is left of the budget for describe calls."""
    return max(1, per_second - max(1, per_second // SHARE_OF_LISTINGS))


class CallBudget:
    """Within any second, at most ``per_second`` calls. Times are seconds on the monotonic clock."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._for_describes = describes_per_second(per_second)
        self._calls: deque[float] = deque()

    def spend(self, now: float, calls: int = 1) -> None:
        """Count calls that are made now."""
        self._calls.extend([now] * calls)

    def used(self, now: float) -> int:
        """How many calls were made within the last second."""
        while self._calls and self._calls[0] <= now - SPAN:
            self._calls.popleft()
        return len(self._calls)

    def within(self, span: float) -> int:
        """How many describe calls may be made within a span of so many seconds, at least one."""
        return max(1, int(self._for_describes * span))

    @property
    def spare(self) -> int:
        """How many calls may be made at once for what can wait, at least one."""
        return max(1, self._for_describes // SHARE_OF_BACKGROUND)

    def wait(self, now: float) -> float:
        """The seconds until a describe call may be made; 0 when one may be made now."""
        over = self.used(now) - self._for_describes
        return 0.0 if over < 0 else max(0.0, self._calls[over] + SPAN - now)
