"""FakeDeliveries: deliveries in memory, tested against the contract of ``bot.ports.Deliveries``."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class FakeDeliveries:
    """``seen`` has the time of each delivery's first call."""

    seen: dict[str, datetime] = field(default_factory=dict)

    async def first_time(self, delivery: str, now: datetime) -> bool:
        before = self.seen.get(delivery)
        if before is not None and before > now - timedelta(minutes=10):
            return False
        self.seen[delivery] = now
        return True
