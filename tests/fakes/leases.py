"""FakeLeases: leases in memory, tested against the contract of ``bot.ports.Leases``."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import FLEET_LEASE, LeaseHolders


@dataclass(frozen=True)
class HeldLease:
    """A lease, and when its holder asked for it last by the monotonic clock."""

    holder: str
    until: datetime
    asked_at: timedelta


@dataclass
class FakeLeases:
    """Leases by name. All users share the clock that ``now`` is read from; ``run`` reads a monotonic clock.
    ``single_holder`` is a bot of an earlier version."""

    held: dict[str, HeldLease] = field(default_factory=dict)
    single_holder: str = ""
    run: Callable[[], timedelta] = lambda: timedelta(seconds=time.monotonic())

    async def hold(self, holder: str, names: Collection[str], now: datetime, until: datetime) -> LeaseHolders:
        if self.single_holder:
            return LeaseHolders({}, self.single_holder)
        for name, lease in list(self.held.items()):
            if lease.until <= now or self.run() - lease.asked_at >= until - now:
                del self.held[name]
        for name in names:
            if name not in self.held or self.held[name].holder == holder:
                self.held[name] = HeldLease(holder, until, self.run())
        return LeaseHolders({name: lease.holder for name, lease in self.held.items()})

    async def give_back(self, holder: str, names: Collection[str] | None = None) -> None:
        for name, lease in list(self.held.items()):
            if lease.holder == holder and (names is None or name in names):
                del self.held[name]

    async def holders(self, now: datetime) -> LeaseHolders:
        live = {name: lease.holder for name, lease in self.held.items() if lease.until > now}
        return LeaseHolders(live, self.single_holder)

    @property
    def leader(self) -> str:
        """The bot that took the lease of the fleet last; "" if nobody has it."""
        return self.held[FLEET_LEASE].holder if FLEET_LEASE in self.held else ""
