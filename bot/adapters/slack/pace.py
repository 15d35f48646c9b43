"""The pace of the bot's calls to Slack. Each method has a token bucket; for posts, each channel has one of its own.

Slack counts all calls of the bot together, so all of them go through one Pace (``bot.adapters.slack.client``), and a
429 is rare. After a 429, the bucket of the refused call gives out no token before Retry-After is over.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.adapters.slack.rates import IN_EACH_CHANNEL, rate_of
from bot.adapters.slack.token_bucket import TokenBucket

Bucket = tuple[str, str]
"""A method and a channel. The channel is "" unless the method is limited in each channel by itself."""


class Pace:
    """Counts the calls of one token. ``now`` is a monotonic clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[Bucket, TokenBucket] = {}

    def wait(self, method: str, channel: str) -> timedelta:
        """How long a call would have to wait now."""
        return self._bucket(method, channel).wait(self._now())

    def take(self, method: str, channel: str) -> timedelta:
        """Count a call; returns how long it has to wait before it is sent."""
        return self._bucket(method, channel).take(self._now())

    def block(self, method: str, channel: str, span: timedelta) -> None:
        """Let no call of this bucket be made for ``span``, because Slack has refused one and asks for that pause."""
        self._bucket(method, channel).block(self._now(), span)

    def _bucket(self, method: str, channel: str) -> TokenBucket:
        name = method, channel if method in IN_EACH_CHANNEL else ""
        return self._buckets.setdefault(name, TokenBucket(rate_of(method)))
