"""The implementations of the Slack ports: the fakes, and the adapter on a local Slack."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.adapters.slack import PacedClient, SlackChannel, slack_client
from bot.model import Address
from bot.ports import Channel
from bot.wiring import steady_now
from local_slack import LocalSlack
from tests.fakes.channel import FakeChannel

# A channel of the local Slack that the bot has not joined yet.
OTHER = "C00GENERAL"
# Somebody in the local Slack.
READER = "U00OLIVIA0"


class Team:
    """A channel, and what other people do in it."""

    def __init__(self, channel: Channel, client: PacedClient | None = None) -> None:
        self.channel = channel
        self._client = client

    async def let_bot_join(self, channel: str) -> None:
        """Let the bot into another channel than its team's."""
        if isinstance(self.channel, FakeChannel):
            self.channel.closed.discard(channel)
        else:
            assert self._client is not None
            await self._client.conversations_join(channel=channel)

    async def delete(self, address: Address) -> None:
        """Delete a message."""
        if isinstance(self.channel, FakeChannel):
            self.channel.delete(address)
        else:
            assert self._client is not None
            await self._client.chat_delete(channel=address.channel, ts=address.ts)


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> PacedClient:
    return slack_client(slack.bot_token, slack.api_url, steady_now)


@pytest.fixture
def channel(slack: LocalSlack, client: PacedClient) -> SlackChannel:
    return SlackChannel(client, slack.channels["backfills"])


@pytest.fixture(params=["fake", "slack"])
def team(request: pytest.FixtureRequest) -> Team:
    if request.param == "fake":
        return Team(FakeChannel(closed={OTHER}))
    return Team(request.getfixturevalue("channel"), request.getfixturevalue("client"))


def now() -> datetime:
    """The real time, which the local Slack uses as well."""
    return datetime.now(UTC)
