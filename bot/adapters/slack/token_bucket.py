"""A token bucket: calls go at once while there are tokens, and then at the rate at which tokens come back. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket of ``burst`` tokens. A new token comes every ``interval``.

    In any span of time, the bucket allows at most ``burst`` calls, plus one for each ``interval``.
    """

    burst: int
    interval: timedelta

    def __post_init__(self) -> None:
        if self.burst < 1 or self.interval <= timedelta(0):
            raise ValueError("a bucket needs a token and an interval")


class TokenBucket:
    """A bucket that begins full. Every ``now`` is a time of the same monotonic clock.

    The state is the moment at which the bucket would be full again. A caller may take a token that is still to come,
    and waits until this token is there. Callers get their tokens in the order of their calls.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """How long a caller would wait now for its token; zero while there is one."""
        if self._full_at is None:
            return timedelta(0)
        return max(timedelta(0), self._full_at - (self._rate.burst - 1) * self._rate.interval - now)

    def take(self, now: datetime) -> timedelta:
        """Take a token; returns how long the caller has to wait for it."""
        wait = self.wait(now)
        self._full_at = max(self._full_at or now, now) + self._rate.interval
        return wait

    def block(self, now: datetime, span: timedelta) -> None:
        """Give out no token for ``span``, and then one token at a time. Used if the server counts fewer tokens than
        this bucket."""
        empty = now + span + (self._rate.burst - 1) * self._rate.interval
        self._full_at = max(self._full_at or empty, empty)
