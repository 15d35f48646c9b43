"""A local Slack with shortened patience, a session for its control API, and the bot's web client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, Timings
from tests.local_slack.harness import Control

# On a busy machine too, an ack that the app sends is in time.
ACKED = Timings(ack=60.0, event_retry=0.2, closing=0.3)
# For a test in which an ack never comes.
UNACKED = replace(ACKED, ack=0.4)
without_ack = pytest.mark.parametrize("timings", [UNACKED], ids=["no ack"])


@pytest.fixture
def timings() -> Timings:
    return ACKED


@pytest.fixture
async def slack(timings: Timings) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(setting=Setting(timings=timings)) as running:
        yield running


@pytest.fixture
async def control(slack: LocalSlack) -> AsyncIterator[Control]:
    async with aiohttp.ClientSession(slack.url) as http:
        yield Control(http)


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def team(slack: LocalSlack) -> str:
    """The id of the team's channel."""
    return slack.channels["backfills"]
