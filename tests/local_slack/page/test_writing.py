"""Writing on the page in a real browser: messages in the channel, in threads, and with the app."""

from __future__ import annotations

from typing import Any

import pytest

from local_slack import LocalSlack
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import Control, connected

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.mark.parametrize("page_of", ["?user=olivia", "?user=olivia&dm"])
async def test_what_is_typed_is_a_message_and_the_app_answers_below(slack: LocalSlack, page_of: str) -> None:
    async with connected(slack) as app, browsing(slack.url + page_of) as page:

        @app.event("app_mention")
        @app.event("message")
        async def answer(event: Any, say: Any) -> None:
            if "bot_id" not in event:
                await say(f"heard {event['text']}", thread_ts=event["ts"])

        await page.fill("#line", "@backfill status")
        await page.press("#line", "Enter")
        await page.click("#messages button.open-thread:has-text('1 reply')")
        await page.wait_for_selector("#replies .message:has-text('heard @backfill status')")


async def test_the_menu_of_a_message_begins_a_thread(slack: LocalSlack, control: Control) -> None:
    await control.post("message", {"user": "victor", "channel": "backfills", "text": "hilton is stuck"})
    async with browsing(slack.url) as page:
        await page.hover("#messages .message")
        await page.click("#messages .message-menu summary")
        await page.click("#messages .message-menu .open-thread")
        await page.fill("#reply-line", "looking")
        await page.press("#reply-line", "Enter")
        await page.wait_for_selector("#replies .message:has-text('looking')")
        await page.fill("#reply-line", "/backfill status")
        await page.press("#reply-line", "Enter")
        await page.wait_for_selector("#reply-hint:has-text('do not work in threads')")


async def test_whoever_switches_sees_their_own_messages_with_the_app(slack: LocalSlack, control: Control) -> None:
    await control.post("message", {"user": "victor", "channel": "@backfill", "text": "status"})
    async with browsing(slack.url + "?user=victor&dm") as page:
        await page.wait_for_selector("#messages .message:has-text('status')")
        await page.select_option("#user", "olivia")
        await page.wait_for_selector("#messages .empty")
        assert "dm" in page.url


async def test_another_command_is_refused_with_the_one_there_is(slack: LocalSlack) -> None:
    async with browsing(slack.url) as page:
        await page.fill("#line", "/deploy now")
        await page.press("#line", "Enter")
        await page.wait_for_selector("#hint:has-text('There is no command /deploy here; there is /backfill.')")
