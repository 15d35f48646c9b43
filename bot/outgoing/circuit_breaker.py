"""The circuit breaker of the outbox: stops all posting while Slack fails, and probes until Slack recovers.

The breaker opens for failures of Slack or of the channel, not for failures of a single message. Slack's error does
not always tell which of the two it is, and one message that fails every time must not hold back the others for ever.
So after ``SUSPICIOUS`` failures of one message the breaker is half open: each time that message fails, the dispatcher
tries one other message that has not failed yet (the probe). If Slack takes the probe, Slack works and the first
message is at fault: its later failures hold back no other message. The probe only goes out after the first message
has failed again, so an outage leaves the order of the messages as it was.

The state is in memory and goes by this process's clock. After a restart, or when another bot becomes the leader, the
first call to Slack shows whether Slack still fails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import AccessDenied, DependencyError, RateLimited
from bot.model import Queued

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)
# After AccessDenied: a person has to give the bot access again, which takes longer than an outage.
FIRST_WAIT_DENIED = timedelta(minutes=1)
LONGEST_WAIT_DENIED = timedelta(minutes=10)
# After this many failures of one message, another message is tried. With the waits in between, the last of these
# failures comes 6 s after the first, or 3 minutes after it when the error is AccessDenied.
SUSPICIOUS = 3


@dataclass
class FailureRecord:
    """The failures of one message. Edits are counted apart from posts: Slack may take edits while it takes no posts.

    ``is_at_fault``: Slack took another message of the same sort (post or edit) after this one had failed
    ``SUSPICIOUS`` times. So Slack is not at fault, and further failures of this message do not open the breaker.
    ``is_overtaken``: since the latest failure of this message, Slack has taken another message of the same sort.
    """

    is_edit: bool
    times: int = 0
    is_at_fault: bool = False
    is_overtaken: bool = False


class CircuitBreaker:
    """A closed breaker lets every message through, an open one none. A half-open one lets through only probes:
    messages that have not failed yet. Each failure in a row doubles the wait until the next try; a success closes the
    breaker."""

    def __init__(self) -> None:
        self._failures_in_a_row = 0
        self._records: dict[str, FailureRecord] = {}
        self._is_half_open = False
        self._opened_at: datetime | None = None
        self._open_until: datetime | None = None

    @property
    def failing_count(self) -> int:
        """The number of messages with a record of failures (``record_failure``). A message that was discarded may
        still have one."""
        return len(self._records)

    def is_open(self, now: datetime) -> bool:
        """Whether messages are held now. False when the clock was set back to before the breaker opened."""
        return (
            self._opened_at is not None and self._open_until is not None and self._opened_at <= now < self._open_until
        )

    def blocks(self, key: str, now: datetime) -> bool:
        """Whether this message has to wait. While the breaker is half open, a message that has not failed yet need
        not wait, because it serves as the probe."""
        is_probe = self._is_half_open and key not in self._records
        return self.is_open(now) and not is_probe

    def record_failure(self, queued: Queued) -> FailureRecord:
        """Count one more failure of this message, and return its record. In the returned record, ``is_overtaken``
        tells whether Slack took another message of the same sort after the previous failure. In the stored record,
        ``is_overtaken`` is False until Slack takes another message of this sort after this failure."""
        is_edit = queued.address is not None
        before = self._records.get(queued.message.key, FailureRecord(is_edit))
        after = FailureRecord(is_edit, before.times + 1, before.is_at_fault)
        self._records[queued.message.key] = after
        return FailureRecord(is_edit, after.times, after.is_at_fault, before.is_overtaken)

    def open(self, key: str, problem: DependencyError, now: datetime, at_least: timedelta) -> datetime:
        """Open the breaker because the message ``key`` failed. Returns the time until which the breaker is open:
        ``at_least`` after ``now`` or later. If the breaker is already open until a later time, it stays open until
        that later time."""
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
        """Close the breaker, because Slack took this message. Other messages of its sort (posts or edits) that have
        failed ``SUSPICIOUS`` times or more are therefore at fault themselves. The failures of those that have failed
        less often were Slack's fault, and are dropped."""
        self.close(queued.message.key)
        is_edit = queued.address is not None
        for key, record in list(self._records.items()):
            if record.is_edit != is_edit:
                continue
            if record.times < SUSPICIOUS:
                del self._records[key]
            else:
                record.is_at_fault = record.is_overtaken = True

    def close(self, key: str) -> None:
        """Close the breaker and drop this message's failures, because Slack answered a call about it."""
        self.drop_record(key)
        self._failures_in_a_row = 0
        self._opened_at = self._open_until = None

    def drop_record(self, key: str) -> None:
        """Remove the failures of a message that is no longer tried."""
        self._records.pop(key, None)

    def _wait(self, problem: DependencyError) -> timedelta:
        if isinstance(problem, RateLimited):
            return problem.retry_after
        if isinstance(problem, AccessDenied):
            return doubled(FIRST_WAIT_DENIED, self._failures_in_a_row, LONGEST_WAIT_DENIED)
        return doubled(FIRST_WAIT, self._failures_in_a_row, LONGEST_WAIT)


def doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """``first`` times two to the power of ``times``, but at most ``longest``."""
    return min(first * (1 << min(times, 20)), longest)
