"""Links to the app's domains: told to the app, and shown with the cards that it gives them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, SlackSeed
from local_slack.workspace.links import shared_links
from tests.local_slack.conftest import ACKED
from tests.local_slack.harness import Control, Json, connected, eventually, refused

LINK = "https://temporal.example.com/namespaces/x?a=1&b=2"
CARD = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*hilton* is running"}}]}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    seed = SlackSeed(unfurl_domains=("example.com",))
    async with LocalSlack(setting=Setting(seed=seed, timings=ACKED)) as running:
        yield running


async def write(control: Control, text: str, channel: str = "backfills") -> Json:
    _, body = await control.post("message", {"user": "olivia", "channel": channel, "text": text})
    message: Json = body["message"]
    return message


def test_only_links_to_the_domains_count() -> None:
    text = "<https://a.example.com/1|one> <https://example.com> <https://badexample.com/> https://example.com/2"

    assert shared_links(text, ("example.com",)) == {
        "https://a.example.com/1": "example.com",
        "https://example.com": "example.com",
    }


async def test_a_link_is_told_and_shown_with_its_card(slack: LocalSlack, control: Control) -> None:
    events: list[Json] = []
    async with connected(slack) as app:

        @app.event("link_shared")
        async def unfurl(event: Any, client: AsyncWebClient) -> None:
            events.append(event)
            cards = {link["url"]: CARD for link in event["links"]}
            await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)

        message = await write(control, f"see {LINK}")

        async def shown() -> bool:
            return any(each.get("attachments") for each in await control.messages())

        await eventually(shown)

    (event,) = events
    (shown_message,) = await control.messages()
    url = LINK.replace("&", "&amp;")
    assert event["links"] == [{"domain": "example.com", "url": url}]
    assert (event["message_ts"], event["source"]) == (message["ts"], "conversations_history")
    assert shown_message["attachments"][0]["from_url"] == url
    assert "edited" not in shown_message
    async with control.http.get("/_page/messages", params={"user": "olivia"}) as reply:
        assert '<div class="card">' in (await reply.json())["channel"]


async def test_a_second_card_for_a_link_replaces_the_first(
    slack: LocalSlack, control: Control, client: AsyncWebClient
) -> None:
    message = await write(control, "see https://example.com/1 and https://example.com/2")
    place = {"channel": message["channel"], "ts": message["ts"]}
    await client.chat_unfurl(**place, unfurls={"https://example.com/1": CARD, "https://example.com/2": CARD})
    await client.chat_unfurl(**place, unfurls={"https://example.com/1": CARD})
    (shown,) = await control.messages()

    assert sorted(each["from_url"] for each in shown["attachments"]) == [
        "https://example.com/1",
        "https://example.com/2",
    ]


async def test_what_slack_refuses_is_refused(slack: LocalSlack, control: Control, client: AsyncWebClient) -> None:
    message = await write(control, f"see {LINK}")
    channel, ts, url = message["channel"], message["ts"], LINK.replace("&", "&amp;")
    broken = {"blocks": [{"type": "section"}]}

    assert await refused(client.chat_unfurl(channel=channel, ts=ts)) == "missing_unfurls"
    assert await refused(client.chat_unfurl(channel=channel, unfurls={url: CARD})) == "missing_ts"
    assert await refused(client.chat_unfurl(channel=channel, ts="1.0", unfurls={url: CARD})) == "cannot_find_message"
    assert await refused(client.chat_unfurl(channel=channel, ts=ts, unfurls={LINK: CARD})) == "cannot_unfurl_url"
    assert await refused(client.chat_unfurl(channel=channel, ts=ts, unfurls={url: broken})) == "invalid_attachments"


async def test_a_link_is_told_wherever_it_is_written_but_not_the_apps_own(
    slack: LocalSlack, control: Control, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=slack.channels["backfills"], text=f"<{LINK}>")
    await write(control, LINK, "general")
    deliveries = (await control.get("deliveries"))["deliveries"]
    (shared,) = [each["payload"]["event"] for each in deliveries if each["payload"]["event"]["type"] == "link_shared"]

    assert (shared["channel"], shared["is_bot_user_member"]) == (slack.channels["general"], False)


async def test_without_the_scope_no_link_is_told() -> None:
    seed = SlackSeed(unfurl_domains=("example.com",), scopes=("chat:write",))
    async with LocalSlack(setting=Setting(seed=seed)) as slack, aiohttp.ClientSession(slack.url) as http:
        control = Control(http)
        await write(control, LINK)

        assert (await control.get("deliveries"))["deliveries"] == []
