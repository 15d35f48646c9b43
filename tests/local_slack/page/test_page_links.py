"""Links to messages on the page: they lead to threads here, for there is no such site to go to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import Control
from tests.local_slack.sample_blocks import mrkdwn, section
from tests.local_slack.sample_modals import modal, opened, stack

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
async def browser(slack: LocalSlack) -> AsyncIterator[Page]:
    async with browsing(slack.url) as page:
        yield page


async def test_a_link_to_a_message_opens_its_thread_here(
    client: AsyncWebClient, control: Control, team: str, browser: Page
) -> None:
    root = (await client.chat_postMessage(channel=team, text="hilton is struggling"))["ts"]
    reply = (await client.chat_postMessage(channel=team, thread_ts=root, text="window 1 is complete"))["ts"]
    link = (await client.chat_getPermalink(channel=team, message_ts=reply))["permalink"]
    view = modal(section(text=mrkdwn(f"<{link}|The thread> tells how it goes on.")))
    await opened(client, control, view)

    await browser.click("#modal >> text=The thread")
    await browser.wait_for_selector("#replies >> text=window 1 is complete")

    assert await stack(control) == []


async def test_a_link_to_a_message_of_another_channel_leads_there(
    slack: LocalSlack, client: AsyncWebClient, team: str, browser: Page
) -> None:
    elsewhere = slack.channels["general"]
    await client.conversations_join(channel=elsewhere)
    posted = (await client.chat_postMessage(channel=elsewhere, text="said elsewhere"))["ts"]
    link = (await client.chat_getPermalink(channel=elsewhere, message_ts=posted))["permalink"]
    await client.chat_postMessage(channel=team, text=f"<{link}|look there>")

    await browser.click("text=look there")
    await browser.wait_for_selector("#replies >> text=said elsewhere")
