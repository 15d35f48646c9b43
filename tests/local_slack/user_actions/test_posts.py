"""Messages of people: in channels, threads and with the app, and which events tell the app of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack, Setting, SlackSeed
from local_slack.workspace.people import SCOPES
from tests.local_slack.conftest import ACKED
from tests.local_slack.harness import Control, Json, connected, eventually

EVENTS = ("app_mention", "message.im", "message.channels")


@dataclass
class Listening:
    """A Slack, and the events that a real Bolt app there gets."""

    slack: LocalSlack
    control: Control
    client: AsyncWebClient
    events: list[Json] = field(default_factory=list)

    async def write(self, text: str, channel: str = "backfills", user: str = "olivia", **more: str) -> Json:
        typed = {"user": user, "channel": channel, "text": text, **more}
        status, body = await self.control.post("message", typed)
        assert status == 200, body
        message: Json = body["message"]
        return message

    async def heard(self, kind: str, count: int = 1) -> list[Json]:
        """Wait for so many events of a type; fails if there are more."""

        async def enough() -> bool:
            return len([event for event in self.events if event["type"] == kind]) >= count

        await eventually(enough)
        await asyncio.sleep(0)
        found = [event for event in self.events if event["type"] == kind]
        assert len(found) == count
        return found


@asynccontextmanager
async def listening(seed: SlackSeed | None = None) -> AsyncIterator[Listening]:
    setting = Setting(seed=seed or SlackSeed(events=EVENTS), timings=ACKED)
    async with (
        LocalSlack(setting=setting) as slack,
        connected(slack) as app,
        aiohttp.ClientSession(slack.url) as http,
    ):
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        there = Listening(slack, Control(http), client)

        @app.event("app_mention")
        @app.event("message")
        async def take(event: Any) -> None:
            there.events.append(event)

        yield there


@pytest.fixture
async def there() -> AsyncIterator[Listening]:
    async with listening() as found:
        yield found


async def test_a_mention_is_told_with_the_text_as_slack_writes_it(there: Listening) -> None:
    message = await there.write("@backfill status voice-prod & more")
    (mention,) = await there.heard("app_mention")

    bot = there.slack.users["backfill"]
    assert message["text"] == f"<@{bot}> status voice-prod &amp; more"
    assert mention["text"] == message["text"]
    assert (mention["user"], mention["channel"]) == (there.slack.users["olivia"], there.slack.channels["backfills"])
    assert mention["ts"] == message["ts"]
    assert "thread_ts" not in mention


async def test_a_mention_in_a_thread_names_the_thread(there: Listening) -> None:
    root = await there.write("what now?")
    await there.write("@backfill split", thread_ts=root["ts"])
    (mention,) = await there.heard("app_mention")

    assert mention["thread_ts"] == root["ts"]


async def test_nobody_is_told_of_a_mention_where_the_app_is_no_member(there: Listening) -> None:
    await there.write("@backfill status", channel="general")
    await there.write("@backfill status")
    (mention,) = await there.heard("app_mention")

    assert mention["channel"] == there.slack.channels["backfills"]


async def test_direct_messages_are_messages_and_no_mentions(there: Listening) -> None:
    await there.write("@backfill status", channel="@backfill")
    (message,) = await there.heard("message")

    assert (message["channel_type"], message["channel"][0]) == ("im", "D")
    assert [event["type"] for event in there.events] == ["message"]


async def test_the_app_hears_its_own_direct_message(there: Listening) -> None:
    opened = await there.client.conversations_open(users=there.slack.users["gus"])
    await there.client.chat_postMessage(channel=opened["channel"]["id"], text="done")

    deliveries = (await there.control.get("deliveries"))["deliveries"]
    (own,) = [each["payload"]["event"] for each in deliveries if each["kind"] == "events_api"]
    assert (own["type"], own["channel_type"], own["text"]) == ("message", "im", "done")
    assert (own["user"], own["bot_id"]) == (there.slack.users["backfill"], "B0BACKFILL")


async def test_an_edit_is_told_with_both_versions_and_mentions_again(there: Listening) -> None:
    message = await there.write("status", channel="@backfill")
    typed = {"user": "olivia", "channel": "@backfill", "message_ts": message["ts"], "text": "struggling"}
    assert (await there.control.post("edit", typed))[0] == 200
    *_, edit = await there.heard("message", 2)

    assert edit["subtype"] == "message_changed"
    assert (edit["message"]["text"], edit["previous_message"]["text"]) == ("struggling", "status")

    mention = await there.write("@backfill status")
    typed = {"user": "olivia", "channel": "backfills", "message_ts": mention["ts"], "text": "@backfill digest"}
    assert (await there.control.post("edit", typed))[0] == 200
    first, again = await there.heard("app_mention", 2)

    assert "edited" not in first
    assert again["edited"]["user"] == there.slack.users["olivia"]


async def test_only_the_author_edits(there: Listening) -> None:
    message = await there.write("status")
    typed = {"user": "victor", "channel": "backfills", "message_ts": message["ts"], "text": "x"}

    assert await there.control.post("edit", typed) == (400, {"error": f"victor did not write {message['ts']}"})


@pytest.mark.parametrize("missing", ["app_mentions:read", "im:history"])
async def test_without_its_scope_an_event_is_not_sent(missing: str) -> None:
    scopes = tuple(scope for scope in SCOPES if scope != missing)
    async with listening(SlackSeed(scopes=scopes, events=EVENTS)) as there:
        await there.write("@backfill status")
        await there.write("status", channel="@backfill")
        await there.write("@backfill digest")
        kinds = {"app_mentions:read": ("message", 3), "im:history": ("app_mention", 2)}
        await there.heard(*kinds[missing])

    assert {event["type"] for event in there.events} <= {"app_mention", "message"}
    assert all(event.get("channel_type") != "im" for event in there.events) == (missing == "im:history")


async def test_a_reply_to_a_reply_is_refused(there: Listening) -> None:
    root = await there.write("status")
    reply = await there.write("and now?", thread_ts=root["ts"])
    typed = {"user": "olivia", "channel": "backfills", "text": "x", "thread_ts": reply["ts"]}

    assert await there.control.post("message", typed) == (
        400,
        {"error": f"message {reply['ts']} is a reply; its thread is {root['ts']}"},
    )


async def test_empty_text_and_unknown_threads_are_refused(there: Listening) -> None:
    empty = {"user": "olivia", "channel": "backfills", "text": "  "}
    gone = {"user": "olivia", "channel": "backfills", "text": "x", "thread_ts": "1.000000"}

    assert (await there.control.post("message", empty))[0] == 400
    assert (await there.control.post("message", gone))[0] == 404
