"""Message shortcuts: in the menu of each message, delivered with the message, answered by the response_url."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from local_slack import LocalSlack, Setting, SlackSeed
from local_slack.workspace.people import Shortcut
from tests.local_slack.browser import browsing, needs_chromium
from tests.local_slack.conftest import ACKED
from tests.local_slack.harness import Control, Json, connected, eventually

RETRY = Shortcut("message.retry", "Retry")


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(setting=Setting(seed=SlackSeed(shortcuts=(RETRY,)), timings=ACKED)) as running:
        yield running


async def written(control: Control) -> Json:
    _, body = await control.post("message", {"user": "victor", "channel": "backfills", "text": "hilton is stuck"})
    message: Json = body["message"]
    return message


def chosen(message: Json, callback_id: str = "message.retry") -> Json:
    return {"user": "olivia", "channel": "backfills", "message_ts": message["ts"], "callback_id": callback_id}


async def test_a_shortcut_is_delivered_with_its_message_and_answered(slack: LocalSlack, control: Control) -> None:
    message = await written(control)
    async with connected(slack) as app:

        @app.message_shortcut("message.retry")
        async def retry(ack: Any, respond: Any, shortcut: Any) -> None:
            await ack()
            await respond(f"about {shortcut['message']['text']}")

        status, delivery = await control.post("shortcut", chosen(message))

        async def answered() -> bool:
            return "about hilton is stuck" in await control.texts()

        await eventually(answered)

    payload = delivery["payload"]
    assert (status, delivery["acked"]) == (200, True)
    assert (payload["type"], payload["message_ts"]) == ("message_action", message["ts"])
    assert payload["user"]["id"] == slack.users["olivia"]
    assert payload["channel"]["id"] == slack.channels["backfills"]
    assert payload["trigger_id"]


async def test_an_unknown_shortcut_and_an_unknown_message_are_refused(slack: LocalSlack, control: Control) -> None:
    message = await written(control)

    assert await control.post("shortcut", chosen(message, "other")) == (
        404,
        {"error": "the app has no shortcut 'other'; it has: message.retry"},
    )
    assert (await control.post("shortcut", chosen({"ts": "1.000000"})))[0] == 404


@pytest.mark.browser
@needs_chromium
async def test_the_menu_of_a_message_has_the_shortcuts(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession(slack.url) as http, connected(slack) as app, browsing(slack.url) as page:

        @app.message_shortcut("message.retry")
        async def retry(ack: Any, respond: Any) -> None:
            await ack()
            await respond("retried")

        await written(Control(http))
        await page.hover("#messages .message")
        await page.click("#messages .message-menu summary")
        await page.click("#messages .message-menu button:has-text('Retry')")
        await page.wait_for_selector("#messages .message.ephemeral:has-text('retried')")
