"""What several bots on one store share: who leads, and which deliveries are taken."""

from datetime import datetime
from typing import Protocol


class Lease(Protocol):
    """The right to lead, held by at most one bot at any time."""

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew the lease from ``now`` to ``until``. False while another bot holds it.

        ``now`` is the caller's clock just before the call. The clocks of bots differ, so the store measures how long
        the lease lasts (``until - now``) on a clock that all bots share, and begins to measure no earlier than the
        call. A holder that stops leading at its own ``until`` has therefore stopped before another bot begins.

        The shared clock may be set back, and a lease would then seem to last for hours. So the store also measures on
        the monotonic clock: a holder that has not renewed for as long as a lease lasts is gone. All bots ask for
        leases of the same length.
        """
        ...

    async def give_back(self, holder: str) -> None:
        """Release the lease at once. Does nothing when ``holder`` does not hold it."""
        ...

    async def holder(self) -> str:
        """The bot that last took the lease and has not released it, or "". Only ``hold`` tells if it has expired."""
        ...


class Deliveries(Protocol):
    """Recent deliveries from Slack, which may deliver the same thing to several bots, or twice to one."""

    async def first_time(self, delivery: str, now: datetime) -> bool:
        """True for the first call with this delivery id, False for all others within 10 minutes."""
        ...
