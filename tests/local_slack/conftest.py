"""A local Slack with shortened patience, a session for its control API, and the bot's web client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, Timings
from tests.local_slack.harness import Control

QUICK = Timings(ack=0.4, event_retry=0.2, closing=0.3)


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(setting=Setting(timings=QUICK)) as running:
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
