"""What several bots on one store agree about: which one leads, and who takes a delivery.

Every coroutine may raise ``Unavailable`` or ``Refused`` (bot.errors).
"""

from datetime import datetime
from typing import Protocol


class Lease(Protocol):
    """The right to lead, held by at most one bot at any time."""

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take it, or keep it, for as long as from ``now`` to ``until``; False while another one holds it.

        ``now`` is the caller's clock just before the call. Clocks of bots differ, so the store measures the span on
        one that all of them share, beginning no earlier than the call: a holder that stops at its own ``until`` has
        stopped before another one can begin.
        """
        ...

    async def give_back(self, holder: str) -> None:
        """Let another one have it at once; nothing happens when ``holder`` does not hold it."""
        ...

    async def holder(self) -> str:
        """Who took it last and has not given it back, or "". Whether the time has passed, only ``hold`` tells."""
        ...


class Deliveries(Protocol):
    """What the chat service has delivered lately; it may deliver the same thing to several bots, or twice to one."""

    async def first_time(self, delivery: str, now: datetime) -> bool:
        """True for the first one who asks about this delivery (its id), False for all others for 10 minutes."""
        ...
