"""Who is to get one message when something is complete or a customer needs a person: people who have asked, and the
channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Subscription


class Subscriptions(Protocol):
    """The subscriptions. A person (or the channel) has at most one to the same customer, cluster or campaign."""

    async def add(self, subscription: Subscription) -> None:
        """Record a subscription whose message is still to be sent. If the same subscription is recorded already, it
        stays as it is while it waits; if its message was sent, it waits again."""
        ...

    async def waiting(self) -> Sequence[Subscription]:
        """All subscriptions whose message is still to be sent, the oldest first."""
        ...

    async def of(self, user_id: str) -> Sequence[Subscription]:
        """All subscriptions of a person, or of the channel (""), whether their message was sent or not, the oldest
        first."""
        ...

    async def mark_notified(self, subscription: Subscription, now: datetime) -> None:
        """Record ``now`` as the subscription's ``told_at``: its message is sent, or is recorded to be sent."""
        ...

    async def remove(self, subscription: Subscription) -> None:
        """Forget the subscription. Does nothing if there is none."""
        ...
