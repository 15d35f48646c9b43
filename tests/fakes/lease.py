"""FakeLease: a lease in memory, tested against the contract of ``bot.ports.Lease``."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class FakeLease:
    """The holder and the end of the lease. All users share the clock that ``now`` is read from; ``run`` reads a
    monotonic clock."""

    held_by: str = ""
    until: datetime | None = None
    run: Callable[[], timedelta] = lambda: timedelta(seconds=time.monotonic())
    asked_at: timedelta = timedelta(0)

    async def hold(self, holder: str, now: datetime, until: datetime) -> bool:
        is_fresh = self.run() - self.asked_at < until - now
        if self.held_by not in ("", holder) and self.until is not None and self.until > now and is_fresh:
            return False
        self.held_by, self.until, self.asked_at = holder, until, self.run()
        return True

    async def give_back(self, holder: str) -> None:
        if self.held_by == holder:
            self.held_by, self.until = "", None

    async def holder(self) -> str:
        return self.held_by
