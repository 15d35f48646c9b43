"""The page: what each user sees, and that its buttons work in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.harness import (
    Control,
    Json,
    connected,
    eventually,
)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


CONFIRM = {
    "title": plain("Cancel hilton?"),
    "text": {"type": "mrkdwn", "text": "About to cancel *1* workflow"},
    "confirm": plain("Cancel it"),
    "deny": plain("Keep it"),
}
ALERT: list[Json] = [
    {"type": "header", "text": plain("hilton <struggles>")},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Day"}], [{"type": "raw_text", "text": "Jan 7"}]]},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "ack", "text": plain("Acknowledge"), "value": "1"},
            {"type": "button", "action_id": "cancel", "text": plain("Cancel…"), "confirm": CONFIRM},
            {
                "type": "static_select",
                "action_id": "snooze",
                "placeholder": plain("Snooze"),
                "options": [
                    {"text": plain("30 minutes"), "value": "30m"},
                    {"text": plain("2 hours"), "value": "2h"},
                ],
            },
        ],
    },
]


async def fragment(control: Control, **query: str) -> Json:
    async with control.http.get("/_page/messages", params=query) as reply:
        body: Json = await reply.json()
        return body


async def test_the_page_offers_channels_users_and_a_line(control: Control) -> None:
    async with control.http.get("/?channel=general&user=gus") as reply:
        html = await reply.text()

    assert "# general" in html
    assert '<option value="gus" selected>Gus (guest)</option>' in html
    assert 'id="line"' in html
    assert "https://" not in html


@pytest.mark.parametrize("path", ["/_page/static/style.css", "/_page/static/page.js", "/_page/static/modal.js"])
async def test_what_the_page_needs_comes_from_here(control: Control, path: str) -> None:
    async with control.http.get(path) as reply:
        assert reply.status == 200


async def test_other_files_are_not_served(control: Control) -> None:
    async with control.http.get("/_page/static/..%2F__init__.py") as reply:
        assert reply.status == 404


async def test_blocks_are_drawn_and_escaped(client: AsyncWebClient, control: Control, team: str) -> None:
    await client.chat_postMessage(channel=team, text="x", blocks=ALERT)
    html = (await fragment(control, channel=team, user="victor"))["channel"]

    assert "hilton &lt;struggles&gt;" in html
    assert '<th class="align-left">Day</th>' in html
    assert '<td class="align-left">Jan 7</td>' in html
    assert 'data-action="ack"' in html


async def test_only_whom_it_is_for_sees_an_ephemeral_message(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str
) -> None:
    await client.chat_postEphemeral(channel=team, user=slack.users["victor"], text="psst")
    seen = {user: (await fragment(control, channel=team, user=user))["channel"] for user in ("victor", "olivia")}

    assert "psst" in seen["victor"]
    assert "Only visible to you" in seen["victor"]
    assert "psst" not in seen["olivia"]


async def test_nothing_is_sent_while_nothing_changes(client: AsyncWebClient, control: Control, team: str) -> None:
    version = str((await fragment(control, channel=team))["version"])
    async with control.http.get("/_page/messages", params={"channel": team, "version": version}) as same:
        assert same.status == 204
    await client.chat_postMessage(channel=team, text="x")
    async with control.http.get("/_page/messages", params={"channel": team, "version": version}) as changed:
        assert changed.status == 200


@pytest.fixture
async def browser(slack: LocalSlack) -> AsyncIterator[Page]:
    async with browsing(slack.url) as page:
        yield page


@pytest.mark.browser
@needs_chromium
async def test_a_person_types_a_command_and_presses_buttons(
    slack: LocalSlack, client: AsyncWebClient, control: Control, team: str, browser: Page
) -> None:
    pressed = list[str]()
    async with connected(slack) as app:

        @app.command("/backfill")
        async def status(ack: Any, command: Any) -> None:
            await ack(f"you said {command['text']}")

        @app.action({"type": "block_actions", "action_id": "cancel"})
        @app.action({"type": "block_actions", "action_id": "snooze"})
        async def press(ack: Any, action: Any) -> None:
            await ack()
            pressed.append(action.get("selected_option", {}).get("value") or action["action_id"])

        root = (await client.chat_postMessage(channel=team, text="alert", blocks=ALERT))["ts"]
        await client.chat_postMessage(channel=team, thread_ts=root, text="attempt 1 timed out")

        await browser.fill("#line", "/backfill status")
        await browser.press("#line", "Enter")
        await browser.wait_for_selector("text=you said status")
        await browser.click("text=1 reply")
        await browser.wait_for_selector("#replies >> text=attempt 1 timed out")
        await browser.click("#messages [data-action=cancel]")
        await browser.wait_for_selector("#confirm-text b >> text=1")
        await browser.click("#confirm-no")
        await browser.click("#messages [data-action=cancel]")
        await browser.click("#confirm-yes")
        await browser.select_option("#messages [data-action=snooze]", "2h")

        async def both() -> bool:
            return len(pressed) == 2

        await eventually(both)

    assert sorted(pressed) == ["2h", "cancel"]
