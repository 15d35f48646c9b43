"""Renews the leases of this process, and knows which ones it holds.

Of all bots on one store, only the holder of a cluster's lease watches that cluster. The leader is the bot that holds
``FLEET_LEASE``: only the leader posts, makes the digests and escalates.

A bot relies on a lease for less time than the store grants. It counts this time from the moment before its request to
the store. So the bot has stopped before another one can begin, even if the store answered late, or does not answer
the next request (docs/decisions/replicas.md).
"""

import asyncio
import os
import socket
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.background.lease_log import LeaseLog
from bot.errors import DependencyError
from bot.fleet.division import divide, group_of
from bot.model import FLEET_LEASE, LeaseHolders, bot_lease, cluster_lease
from bot.ports import Leases

# After a bot is killed, others have its leases within LEASE + RENEW_EVERY, so within 30 s. What is left of a lease
# while renewals succeed is longer than the longest call to Slack (bot.outgoing.dispatcher) and longer than the work
# in flight may take at shutdown (bot.background.scheduler).
LEASE = timedelta(seconds=20)
RENEW_EVERY = timedelta(seconds=3)
# A call that was sent just before its time limit may be carried out just after it.
MARGIN = timedelta(seconds=2)
# Giving leases back waits this long for the store; leases that are not given back run out by themselves.
FAREWELL = timedelta(seconds=2)


def new_holder() -> str:
    """A unique name for this process; the host and process id in it let people find the process."""
    return f"{socket.gethostname()} process {os.getpid()} ({uuid.uuid4()})"


class Watching(Protocol):
    """What watches one cluster while this process holds the cluster's lease."""

    @property
    def is_idle(self) -> bool:
        """Whether all work in flight has ended. Only then may another bot watch the cluster."""
        ...

    def begin(self) -> None:
        """Forget what was known of the cluster and watch it anew: another bot may have watched the cluster
        meanwhile."""
        ...


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


class HeldLeases:
    """Knows which leases this process holds. Call ``renew`` every ``RENEW_EVERY``.

    ``watching`` has the watchers of all configured clusters. ``now`` reads the wall clock, which a store without a
    clock of its own uses; ``monotonic`` reads the monotonic clock.
    """

    def __init__(
        self,
        holder: str,
        leases: Leases,
        watching: Mapping[str, Watching],
        now: Callable[[], datetime],
        monotonic: Callable[[], timedelta],
    ) -> None:
        self._holder = holder
        self._leases = leases
        self._watching = {cluster_lease(cluster): each for cluster, each in watching.items()}
        self._clusters = tuple(watching)
        self._presence = bot_lease(group_of(self._clusters), holder)
        self._now = now
        self._monotonic = monotonic
        self._until: dict[str, _Instant] = {}
        # Leases of clusters that another bot is to watch, kept until nothing is in flight there.
        self._ending: set[str] = set()
        self._has_stepped_down = False
        self._log = LeaseLog(holder)

    def is_leader(self, span: timedelta = timedelta(0)) -> bool:
        """Whether this process leads, and still will after ``span`` even if it cannot renew its lease."""
        return self._holds(FLEET_LEASE, span)

    def watches(self, cluster: str) -> bool:
        """Whether this process watches the cluster."""
        return self._holds(cluster_lease(cluster))

    async def renew(self) -> None:
        """Renew the leases, and take or give up clusters as they are divided among the bots. If the store does not
        answer, each lease keeps the end that it has."""
        try:
            if not self._has_stepped_down:
                await self._renew_and_divide()
        except DependencyError as exc:
            self._log.no_answer(str(exc))
        self._log_held()

    def step_down(self) -> None:
        """Stop using the leases for good, without giving them back: work in flight is still covered by them."""
        self._has_stepped_down, self._until = True, {}

    async def give_back(self) -> None:
        """Free the leases, so that other bots have them at once. Call it when nothing is in flight any more."""
        self.step_down()
        try:
            async with asyncio.timeout(FAREWELL.total_seconds()):
                await self._leases.give_back(self._holder)
        except (DependencyError, TimeoutError) as exc:
            self._log.not_given_back(str(exc) or "the store does not answer in time")
        self._log_held()

    async def _renew_and_divide(self) -> None:
        leases = await self._hold({self._presence, FLEET_LEASE, *self._until})
        division = divide(self._holder, sorted(self._clusters, key=self._readiness), leases)
        # If the answer to an earlier call was lost, this bot may hold a lease without knowing it.
        wanted = {*map(cluster_lease, division.take), *(leases.of(self._holder) - self._until.keys())}
        if wanted and not self._has_stepped_down:
            await self._hold(wanted)
        if not self._ending:
            self._ending.update(map(cluster_lease, division.give_up))
        released = {name for name in self._ending if self._watching[name].is_idle}
        if released and not self._has_stepped_down:
            await self._leases.give_back(self._holder, released)
            self._forget(released)

    async def _hold(self, names: Collection[str]) -> LeaseHolders:
        asked_at = self._instant()
        leases = await self._leases.hold(self._holder, names, asked_at.wall, asked_at.wall + LEASE)
        self._log.answer(leases.single_holder)
        held = leases.of(self._holder) & set(names)
        # ``step_down`` may have been called while the store was asked.
        if not self._has_stepped_down:
            begun = [name for name in held if name in self._watching and not self._counts_on(name)]
            self._until |= dict.fromkeys(held, asked_at + (LEASE - MARGIN))
            self._forget(set(names) - held)
            for name in begun:
                self._watching[name].begin()
        return leases

    def _readiness(self, cluster: str) -> int:
        """The sort key for dividing the clusters: those that this bot does not hold, then its own with work in
        flight, then its own idle ones, which it can give up at once."""
        name = cluster_lease(cluster)
        return 1 + self._watching[name].is_idle if name in self._until else 0

    def _forget(self, names: Collection[str]) -> None:
        self._ending.difference_update(names)
        for name in names:
            self._until.pop(name, None)

    def _holds(self, name: str, span: timedelta = timedelta(0)) -> bool:
        return name not in self._ending and self._counts_on(name, span)

    def _counts_on(self, name: str, span: timedelta = timedelta(0)) -> bool:
        until = self._until.get(name)
        return until is not None and (self._instant() + span).is_before(until)

    def _instant(self) -> _Instant:
        return _Instant(self._now(), self._monotonic())

    def _log_held(self) -> None:
        watched = [cluster for cluster in self._clusters if self.watches(cluster)]
        self._log.held(is_leader=self.is_leader(), watched=watched)
