"""Leader election: of all bots on one store, only the one that holds the store's lease makes passes and posts.

The leader counts on the lease for less time than the store does, starting before it asked the store. So it has
stopped by the time another bot can lead, even if the store's answer took long or the next one never comes
(docs/decisions/replicas.md).
"""

import asyncio
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError
from bot.ports import Lease

# After the leader is killed, another bot leads within LEASE + RENEW_EVERY, so within 30 s. What is left of the lease
# while renewals succeed is longer than the longest call to Slack (bot.outgoing.dispatcher) and longer than the work
# in flight may take at shutdown (bot.background.scheduler).
LEASE = timedelta(seconds=20)
RENEW_EVERY = timedelta(seconds=3)
# A call that was sent just before its time limit may be carried out just after it.
MARGIN = timedelta(seconds=2)
# Giving the lease back waits this long for the store; a lease that is not given back runs out by itself.
FAREWELL = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


def new_holder() -> str:
    """A name for this process that no other one has; its host and process id let people find it."""
    return f"{socket.gethostname()} process {os.getpid()} ({uuid.uuid4()})"


@dataclass(frozen=True, slots=True)
class _Instant:
    """One instant on two clocks. People set the wall clock, and the monotonic clock may stand still while the machine
    sleeps, so a deadline has passed as soon as either clock says so."""

    wall: datetime
    monotonic: timedelta

    def __add__(self, span: timedelta) -> "_Instant":
        return _Instant(self.wall + span, self.monotonic + span)

    def is_before(self, other: "_Instant") -> bool:
        return self.wall < other.wall and self.monotonic < other.monotonic


class LeaderElection:
    """Knows whether this process leads. Call ``renew`` every ``RENEW_EVERY``.

    ``now`` reads the wall clock, which a store without a clock of its own uses; ``monotonic`` reads the monotonic
    clock.
    """

    def __init__(
        self, holder: str, lease: Lease, now: Callable[[], datetime], monotonic: Callable[[], timedelta]
    ) -> None:
        self._holder = holder
        self._lease = lease
        self._now = now
        self._monotonic = monotonic
        self._leads_until: _Instant | None = None
        self._has_stepped_down = False
        # The state that the log shows, so that only changes are logged.
        self._logged_as_leader = self._logged_silence = False

    def is_leader(self, span: timedelta = timedelta(0)) -> bool:
        """Whether this process holds the lease, and still will after ``span`` even if it cannot renew it."""
        return self._leads_until is not None and (self._instant() + span).is_before(self._leads_until)

    async def renew(self) -> None:
        """Take the lease or extend it. A store that does not answer neither ends nor extends it."""
        asked_at = self._instant()
        try:
            is_held = not self._has_stepped_down and await self._lease.hold(
                self._holder, asked_at.wall, asked_at.wall + LEASE
            )
        except DependencyError as exc:
            if not self._logged_silence:
                _log.warning("lease cannot be asked for", reason=str(exc))
            self._logged_silence = True
        else:
            self._logged_silence = False
            # It may have stepped down while the store was asked.
            self._leads_until = asked_at + (LEASE - MARGIN) if is_held and not self._has_stepped_down else None
        self._log_changes()

    def step_down(self) -> None:
        """Stop leading for good, and keep the lease: work in flight is still covered by it."""
        self._has_stepped_down, self._leads_until = True, None

    async def give_back(self) -> None:
        """Free the lease, so that another bot leads at once. Call it when nothing is in flight any more."""
        self.step_down()
        try:
            async with asyncio.timeout(FAREWELL.total_seconds()):
                await self._lease.give_back(self._holder)
        except (DependencyError, TimeoutError) as exc:
            reason = str(exc) or "the store does not answer in time"
            _log.warning("lease not given back: it runs out by itself", reason=reason)
        self._log_changes()

    def _instant(self) -> _Instant:
        return _Instant(self._now(), self._monotonic())

    def _log_changes(self) -> None:
        is_leader = self.is_leader()
        if is_leader != self._logged_as_leader:
            _log.info("leading begins" if is_leader else "leading ends", holder=self._holder)
        self._logged_as_leader = is_leader
