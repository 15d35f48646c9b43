"""What several bots on one store share: the leases that they hold, and which deliveries are taken."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.model import LeaseHolders


class Leases(Protocol):
    """Rights that at most one bot has at any time: to watch a cluster, or to act for all clusters."""

    async def hold(self, holder: str, names: Collection[str], now: datetime, until: datetime) -> LeaseHolders:
        """Take or renew these leases from ``now`` to ``until``, except those that another bot holds, and return who
        holds which lease then. While a bot of an earlier version holds its single lease, nobody takes or renews any.

        ``now`` is the caller's clock just before the call. The clocks of bots differ, so the store measures how long
        a lease lasts (``until - now``) on a clock that all bots share, and begins to measure no earlier than the
        call. A holder that stops at its own ``until`` has therefore stopped before another bot begins.

        The shared clock may be set back, and a lease would then seem to last for hours. So the store also measures on
        the monotonic clock: a holder that has not renewed for as long as a lease lasts is gone. All bots ask for
        leases of the same length.
        """
        ...

    async def give_back(self, holder: str, names: Collection[str] | None = None) -> None:
        """Release these leases at once, or all that ``holder`` has. Leases that it does not hold stay as they are."""
        ...

    async def holders(self, now: datetime) -> LeaseHolders:
        """Who holds which lease. A bot that was killed is still named until its leases expire."""
        ...


class Deliveries(Protocol):
    """Recent deliveries from Slack, which may deliver the same thing to several bots, or twice to one."""

    async def first_time(self, delivery: str, now: datetime) -> bool:
        """True for the first call with this delivery id, False for all others within 10 minutes."""
        ...
