"""The circuit breaker of the outbox: stops all posting while Slack fails, and probes until it recovers.

It opens for failures that concern Slack or the channel, and not a single message. A message that fails again and
again must not hold the others for ever, whatever its error says. So after ``SUSPICIOUS`` failures of one message the
breaker is half open: right after that message the dispatcher tries one other message, each time another. If the
other one goes through, Slack works and the failing message is at fault: from then on it waits alone. It is still
tried first, so an outage leaves the order as it was.

The state is in memory and goes by this process's clock. After a restart, or when another bot takes the lead, the
first call to Slack shows whether it still fails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import AccessDenied, DependencyError, RateLimited
from bot.model import Queued

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
# After AccessDenied: a person has to let the bot in again, which takes longer than an outage.
FIRST_WAIT_DENIED = timedelta(minutes=1)
LONGEST_WAIT_DENIED = timedelta(minutes=10)
# After so many failures of one message another one is tried: 6 s after the first, or 3 minutes after AccessDenied.
SUSPICIOUS = 3


@dataclass
class FailureRecord:
    """The failures of one message. Edits are counted apart from posts: Slack may take edits while it takes no posts.

    ``is_alone``: it had failed ``SUSPICIOUS`` times when Slack took another message of its sort, so it waits alone.
    ``is_overtaken``: Slack took another one after its latest failure as well.
    """

    is_edit: bool
    times: int = 0
    is_alone: bool = False
    is_overtaken: bool = False


class CircuitBreaker:
    """While closed it lets every message through, while open none, while half open a single probe. Each failure in
    a row doubles the wait until the next probe, and a success closes it."""

    def __init__(self) -> None:
        self._failures_in_a_row = 0
        self._records: dict[str, FailureRecord] = {}
        self._is_half_open = False
        self._opened_at: datetime | None = None
        self._open_until: datetime | None = None

    @property
    def failing_count(self) -> int:
        """The number of messages with a record of failures."""
        return len(self._records)

    def is_open(self, now: datetime) -> bool:
        """False as well when the clock was set back to before the breaker opened."""
        return (
            self._opened_at is not None and self._open_until is not None and self._opened_at <= now < self._open_until
        )

    def blocks(self, key: str, now: datetime) -> bool:
        """Whether this message has to wait. Half open, the breaker lets a message through that has not failed yet: it
        is the probe."""
        is_probe = self._is_half_open and key not in self._records
        return self.is_open(now) and not is_probe

    def record_failure(self, queued: Queued) -> FailureRecord:
        """Count one more failure. Returns the new record, except that ``is_overtaken`` (another message of its
        kind went through since) is the value from before this failure."""
        is_edit = queued.address is not None
        before = self._records.get(queued.message.key, FailureRecord(is_edit))
        after = FailureRecord(is_edit, before.times + 1, before.is_alone)
        self._records[queued.message.key] = after
        return FailureRecord(is_edit, after.times, after.is_alone, before.is_overtaken)

    def open(self, key: str, problem: DependencyError, now: datetime, at_least: timedelta) -> datetime:
        """Open after ``key`` failed, for ``at_least`` so long; returns until when. Never shortens an open breaker."""
        until = now + max(self._wait(problem), at_least)
        if self.is_open(now) and self._open_until is not None:
            until = max(until, self._open_until)
        self._opened_at, self._open_until = now, until
        if isinstance(problem, RateLimited):
            self._is_half_open = False
        else:
            self._failures_in_a_row += 1
            self._is_half_open = key in self._records and self._records[key].times >= SUSPICIOUS
        return until

    def record_success(self, queued: Queued) -> None:
        """Close it, as Slack took this message. Messages of the same sort (posts or edits) that failed ``SUSPICIOUS``
        times are at fault themselves; the records of the others are dropped."""
        self.close(queued.message.key)
        is_edit = queued.address is not None
        for key, record in list(self._records.items()):
            if record.is_edit != is_edit:
                continue
            if record.times < SUSPICIOUS:
                del self._records[key]
            else:
                record.is_alone = record.is_overtaken = True

    def close(self, key: str) -> None:
        """Close the breaker and drop this message's failures, because Slack answered a call about it."""
        self.drop_record(key)
        self._failures_in_a_row = 0
        self._opened_at = self._open_until = None

    def drop_record(self, key: str) -> None:
        """Remove the failures of a message that is not tried any more."""
        self._records.pop(key, None)

    def _wait(self, problem: DependencyError) -> timedelta:
        if isinstance(problem, RateLimited):
            return problem.retry_after
        if isinstance(problem, AccessDenied):
            return doubled(FIRST_WAIT_DENIED, self._failures_in_a_row, LONGEST_WAIT_DENIED)
        return doubled(FIRST_WAIT, self._failures_in_a_row, LONGEST_WAIT)


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """``first``, doubled ``times`` times, at most ``longest``."""
    return min(first * (1 << min(times, 20)), longest)
