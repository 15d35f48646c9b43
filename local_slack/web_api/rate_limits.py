"""Slack's rate limits: how many calls of a method it accepts in a minute, and how many posts in each channel
(https://docs.slack.dev/apis/web-api/rate-limits).

Slack puts each method into a tier with a number of calls a minute. Here that number is a strict limit for any minute.
Each channel accepts one post a second, and also a burst of posts, whose length Slack does not publish.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from local_slack.workspace.ids import Clock

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
POST = "chat.postMessage"
# The tiers on the page of each method (https://docs.slack.dev/reference/methods).
TIERS: Mapping[str, int] = MappingProxyType(
    {
        "apps.connections.open": 3,
        "bots.info": 3,
        "chat.unfurl": 3,
        "chat.update": 3,
        "chat.delete": 3,
        "chat.postEphemeral": 4,
        "conversations.info": 3,
        "conversations.list": 2,
        "conversations.members": 4,
        "conversations.join": 3,
        "conversations.open": 3,
        "conversations.history": 3,
        "conversations.replies": 3,
        "files.getUploadURLExternal": 4,
        "files.completeUploadExternal": 4,
        "files.info": 4,
        "files.delete": 3,
        "reactions.add": 3,
        "reactions.remove": 2,
        "team.info": 3,
        "users.info": 4,
        "users.list": 2,
        "usergroups.list": 2,
        "usergroups.users.list": 2,
        "views.open": 4,
        "views.push": 4,
        "views.update": 4,
        "views.publish": 4,
    }
)
CALLS_A_MINUTE: Mapping[int, int] = MappingProxyType({2: 20, 3: 50, 4: 100})


@dataclass(frozen=True)
class Limits:
    """The calls a minute by method, and the length of a burst of posts in a channel. A method without a number is
    unlimited, and so are posts if `posts_at_once` is None."""

    calls_a_minute: Mapping[str, int]
    posts_at_once: int | None


PUBLISHED = Limits(MappingProxyType({name: CALLS_A_MINUTE[tier] for name, tier in TIERS.items()}), 10)
UNLIMITED = Limits(MappingProxyType({}), None)


@dataclass
class RateLimits:
    """Counts the accepted calls. Refused calls do not count."""

    limits: Limits
    clock: Clock
    _taken: dict[str, deque[datetime]] = field(default_factory=dict)
    _posts_paid_until: dict[str, datetime] = field(default_factory=dict)

    def refuse(self, method: str, channel: str) -> int | None:
        """Counts the call and returns None; or refuses it, uncounted, if it is one too many, and returns Retry-After
        in seconds."""
        now = self.clock()
        wait = self._wait_of_post(channel, now) if method == POST else self._wait_of_call(method, now)
        return None if wait <= timedelta(0) else max(1, math.ceil(wait.total_seconds()))

    def clear(self) -> None:
        """Forgets all calls."""
        self._taken.clear()
        self._posts_paid_until.clear()

    def _wait_of_post(self, channel: str, now: datetime) -> timedelta:
        if self.limits.posts_at_once is None:
            return timedelta(0)
        paid_until = max(self._posts_paid_until.get(channel, now), now) + SECOND
        wait = paid_until - now - self.limits.posts_at_once * SECOND
        if wait <= timedelta(0):
            self._posts_paid_until[channel] = paid_until
        return wait

    def _wait_of_call(self, method: str, now: datetime) -> timedelta:
        allowed = self.limits.calls_a_minute.get(method)
        if allowed is None:
            return timedelta(0)
        taken = self._taken.setdefault(method, deque())
        while taken and taken[0] <= now - MINUTE:
            taken.popleft()
        if len(taken) >= allowed:
            return taken[0] + MINUTE - now
        taken.append(now)
        return timedelta(0)
