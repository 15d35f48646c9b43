"""Leading: of all bots on one store, one makes the passes and posts, for as long as the store's lease is its own.

It counts on the lease for less time than the store does, and by clocks read before the store was asked: so it has
stopped when another bot may begin, even if the answer took long, or the next one never comes.
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

# Another bot leads at most LEASE + CLAIM_EVERY after the leader was killed (design.md §8: within 30 s). What is left
# of it while claims succeed is more than the longest call to Slack takes (dispatcher), and more than what is
# under way may take when the bot is asked to stop (bot.background.scheduler).
LEASE = timedelta(seconds=20)
CLAIM_EVERY = timedelta(seconds=3)
# What was sent just before a time limit may still be carried out just after it.
MARGIN = timedelta(seconds=2)
# For how long the store is waited for when the lease is given back; it runs out by itself.
FAREWELL = timedelta(seconds=2)

_log = structlog.get_logger(__name__)


def new_holder() -> str:
    """This process, as no other one is called: people find it by host and process id."""
    return f"{socket.gethostname()} process {os.getpid()} ({uuid.uuid4()})"


@dataclass(frozen=True, slots=True)
class _Moment:
    """One moment by both clocks: people set the one on the wall, and the one that runs may stand still while the
    machine sleeps. So what lasts until a moment is over as soon as either clock says so."""

    wall: datetime
    run: timedelta

    def __add__(self, span: timedelta) -> "_Moment":
        return _Moment(self.wall + span, self.run + span)

    def is_before(self, other: "_Moment") -> bool:
        return self.wall < other.wall and self.run < other.run


class LeaderElection:
    """Whether this process leads; ``claim`` is to be called every ``CLAIM_EVERY``.

    ``now`` is the time that a store without a clock goes by; ``run`` is how long a clock has run that nobody sets.
    """

    def __init__(self, holder: str, lease: Lease, now: Callable[[], datetime], run: Callable[[], timedelta]) -> None:
        self._holder = holder
        self._lease = lease
        self._now = now
        self._run = run
        self._until: _Moment | None = None
        self._has_retired = False
        # What the log has been told.
        self._led = self._was_silent = False

    def leads(self, span: timedelta = timedelta(0)) -> bool:
        """Whether it leads, and will for ``span`` from now on even if the store says nothing more."""
        return self._until is not None and (self._read() + span).is_before(self._until)

    async def claim(self) -> None:
        """Take the lease, or keep it. A store that does not answer takes nothing away, and extends nothing."""
        now = self._read()
        try:
            is_held = not self._has_retired and await self._lease.hold(self._holder, now.wall, now.wall + LEASE)
        except DependencyError as exc:
            if not self._was_silent:
                _log.warning("lease cannot be asked for", reason=str(exc))
            self._was_silent = True
        else:
            self._was_silent = False
            # Somebody may have asked to stop meanwhile.
            self._until = now + (LEASE - MARGIN) if is_held and not self._has_retired else None
        self._tell()

    def retire(self) -> None:
        """Begin nothing and claim nothing any more. What is under way may go on: the lease is still this one's."""
        self._has_retired, self._until = True, None

    async def give_back(self) -> None:
        """Let another bot lead at once, when nothing is under way here any more."""
        self.retire()
        try:
            async with asyncio.timeout(FAREWELL.total_seconds()):
                await self._lease.give_back(self._holder)
        except (DependencyError, TimeoutError) as exc:
            reason = str(exc) or "the store does not answer in time"
            _log.warning("lease not given back: it runs out by itself", reason=reason)
        self._tell()

    def _read(self) -> _Moment:
        return _Moment(self._now(), self._run())

    def _tell(self) -> None:
        leads = self.leads()
        if leads != self._led:
            _log.info("leading begins" if leads else "leading ends", holder=self._holder)
        self._led = leads
