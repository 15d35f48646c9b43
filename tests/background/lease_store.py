"""Bots on one store of leases that may be slow or away, on machines whose clocks may be wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.background.held_leases import HeldLeases
from bot.errors import DependencyError
from bot.model import LeaseHolders
from tests.fakes.leases import FakeLeases
from tests.fakes.services import NOW


@dataclass
class Machine:
    """How the clocks of a bot's machine are off: the wall clock is set, the monotonic one stops while it sleeps."""

    is_ahead_by: timedelta = timedelta(0)
    slept: timedelta = timedelta(0)


@dataclass
class Watched:
    """One cluster as a bot watches it: how often it began, and whether work is in flight."""

    begun: int = 0
    is_idle: bool = True

    def begin(self) -> None:
        self.begun += 1


@dataclass
class LeaseStore(FakeLeases):
    """``now`` is the true time; the store's clock may be set. The bots of ``elections`` step down while the store is
    asked."""

    now: datetime = NOW
    is_ahead_by: timedelta = timedelta(0)
    slow_by: timedelta = timedelta(0)
    away: DependencyError | None = None
    elections: list[HeldLeases] = field(default_factory=list)
    calls: int = 0

    def __post_init__(self) -> None:
        self.run = lambda: self.now - NOW

    async def hold(self, holder: str, names: Collection[str], now: datetime, until: datetime) -> LeaseHolders:
        self.calls += 1
        self.now += self.slow_by
        for leading in self.elections:
            leading.step_down()
        if self.away:
            raise self.away
        at = self.now + self.is_ahead_by
        return await super().hold(holder, names, at, at + (until - now))

    async def give_back(self, holder: str, names: Collection[str] | None = None) -> None:
        if self.away:
            raise self.away
        await super().give_back(holder, names)

    def bot(
        self, name: str, machine: Machine | None = None, clusters: Sequence[str] = (), work: Watched | None = None
    ) -> HeldLeases:
        """A bot on this machine, configured with these clusters, of which all share ``work``."""
        return self.bot_at(name, dict.fromkeys(clusters, work or Watched()), machine or Machine())

    def bot_at(self, name: str, watching: Mapping[str, Watched], machine: Machine) -> HeldLeases:
        """A bot that watches clusters as ``watching`` says."""
        return HeldLeases(
            name,
            self,
            watching,
            lambda: self.now + machine.is_ahead_by,
            lambda: self.now - NOW - machine.slept,
        )
