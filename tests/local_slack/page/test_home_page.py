"""App Home on the page: what the app has published for a person, and that its buttons work in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import Control, Json, connected
from tests.local_slack.sample_blocks import actions, button, section

HOME: Json = {"type": "home", "blocks": [section(), actions(button("act"))]}


async def drawn(control: Control, user: str) -> str:
    query = {"channel": "backfills", "user": user, "home": ""}
    async with control.http.get("/_page/messages", params=query) as reply:
        return str((await reply.json())["channel"])


async def test_a_home_is_shown_to_its_user_alone(client: AsyncWebClient, control: Control, slack: LocalSlack) -> None:
    await client.views_publish(user_id=slack.users["olivia"], view=HOME)

    assert 'data-action="act"' in await drawn(control, "olivia")
    assert "has published nothing" in await drawn(control, "victor")


async def test_opening_it_is_told_to_an_app_that_subscribes(slack: LocalSlack, control: Control) -> None:
    status, body = await control.post("home", {"user": "olivia"})

    assert status == 200
    assert body["payload"]["event"]["type"] == "app_home_opened"
    assert body["payload"]["event"]["user"] == slack.users["olivia"]
    assert body["payload"]["event"]["tab"] == "home"


@pytest.fixture
async def browser(slack: LocalSlack) -> AsyncIterator[Page]:
    async with browsing(slack.url) as page:
        yield page


@pytest.mark.browser
@needs_chromium
async def test_somebody_opens_the_home_and_presses_a_button(slack: LocalSlack, browser: Page) -> None:
    pressed: list[str] = []
    async with connected(slack) as app:

        @app.event("app_home_opened")
        async def on_opened(event: Json, client: Any) -> None:
            await client.views_publish(user_id=event["user"], view=HOME)

        @app.action("act")
        async def on_act(ack: Any, body: Json, client: Any) -> None:
            await ack()
            pressed.append(body["view"]["type"])
            done = {"type": "section", "text": {"type": "mrkdwn", "text": "It is done."}}
            await client.views_publish(user_id=body["user"]["id"], view={"type": "home", "blocks": [done]})

        await browser.get_by_role("link", name="Home").click()
        await browser.locator("#messages [data-action='act']").click()
        await expect(browser.locator("#messages")).to_contain_text("It is done.")

    assert pressed == ["home"]
    await expect(browser.locator("#composer")).to_be_hidden()
