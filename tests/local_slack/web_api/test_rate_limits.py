"""The local Slack limits calls as Slack does: by method in a minute, and posts in each channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import UNLIMITED, LocalSlack, Setting
from local_slack.web_api.endpoint import CONNECTIONS_OPEN, METHODS
from local_slack.web_api.rate_limits import POST, PUBLISHED, TIERS, RateLimits

SPECIAL = {"auth.test", "chat.getPermalink", POST}
AT_ONCE = PUBLISHED.posts_at_once or 0


@dataclass
class Clock:
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    return RateLimits(PUBLISHED, clock)


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(setting=Setting(clock=clock)) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def test_every_method_has_its_tier() -> None:
    assert TIERS.keys() | SPECIAL == METHODS.keys() | {CONNECTIONS_OPEN}


def test_after_a_burst_a_channel_takes_one_post_a_second(limits: RateLimits, clock: Clock) -> None:
    burst = [limits.refuse(POST, "C1") for _ in range(AT_ONCE + 1)]
    clock.pass_by(1)
    after = [limits.refuse(POST, "C1") for _ in range(2)]

    assert burst == [None] * AT_ONCE + [1]
    assert after == [None, 1]


def test_channels_are_limited_apart(limits: RateLimits) -> None:
    for _ in range(AT_ONCE):
        limits.refuse(POST, "C1")

    assert limits.refuse(POST, "C2") is None


@pytest.mark.parametrize(
    ("method", "calls"), [("chat.update", 50), ("users.info", 100), ("usergroups.users.list", 20)]
)
def test_a_method_takes_the_calls_of_its_tier_in_any_minute(
    limits: RateLimits, clock: Clock, method: str, calls: int
) -> None:
    early = [limits.refuse(method, "C1") for _ in range(calls // 2)]
    clock.pass_by(30)
    late = [limits.refuse(method, "C2") for _ in range(calls // 2 + 1)]
    clock.pass_by(30)
    next_minute = [limits.refuse(method, "C1") for _ in range(calls // 2 + 1)]

    assert (early, late) == ([None] * (calls // 2), [None] * (calls // 2) + [30])
    assert next_minute == [None] * (calls // 2) + [30]


async def test_one_post_too_many_is_answered_with_429_and_when_to_come_back(
    client: AsyncWebClient, slack: LocalSlack
) -> None:
    team = slack.channels["backfills"]
    for number in range(AT_ONCE):
        await client.chat_postMessage(channel=team if number % 2 else "#backfills", text="x")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=team, text="one too many")
    history = await client.conversations_history(channel=team)

    assert (refused.value.response.status_code, refused.value.response["error"]) == (429, "ratelimited")
    assert refused.value.response.headers["Retry-After"] == "1"
    assert len(history["messages"]) == AT_ONCE


async def test_a_slack_without_limits_takes_everything(clock: Clock) -> None:
    async with LocalSlack(setting=Setting(clock=clock, limits=UNLIMITED)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        for _ in range(AT_ONCE + 1):
            await client.chat_postMessage(channel=slack.channels["backfills"], text="x")
        for _ in range(PUBLISHED.calls_a_minute["usergroups.list"] + 1):
            await client.usergroups_list()
