"""FakeSubscriptions: subscriptions in memory, tested against the contract of ``bot.ports.Subscriptions``."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import DependencyError
from bot.model import Subscription


@dataclass
class FakeSubscriptions:
    """``rows`` are the subscriptions by what they are about and whom they are for."""

    rows: dict[tuple[str, str, str, str], Subscription] = field(default_factory=dict)
    away: DependencyError | None = None

    async def add(self, subscription: Subscription) -> None:
        self._answer()
        known = self.rows.get(_key(subscription))
        if known is None or known.told_at is not None:
            self.rows[_key(subscription)] = subscription

    async def waiting(self) -> Sequence[Subscription]:
        self._answer()
        return _oldest_first([row for row in self.rows.values() if row.told_at is None])

    async def of(self, user_id: str) -> Sequence[Subscription]:
        self._answer()
        return _oldest_first([row for row in self.rows.values() if row.user_id == user_id])

    async def mark_notified(self, subscription: Subscription, now: datetime) -> None:
        self._answer()
        if known := self.rows.get(_key(subscription)):
            self.rows[_key(subscription)] = replace(known, told_at=now)

    async def remove(self, subscription: Subscription) -> None:
        self._answer()
        self.rows.pop(_key(subscription), None)

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away


def _key(subscription: Subscription) -> tuple[str, str, str, str]:
    return subscription.campaign, subscription.cluster, subscription.customer, subscription.user_id


def _oldest_first(rows: list[Subscription]) -> list[Subscription]:
    return sorted(rows, key=lambda row: (row.since, _key(row)))
