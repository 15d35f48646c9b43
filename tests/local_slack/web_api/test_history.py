"""conversations.history and .replies: pages, bounds, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack
from tests.local_slack.harness import refused


async def test_history_pages_by_cursor_though_messages_come_and_go(client: AsyncWebClient, team: str) -> None:
    stamps = [(await client.chat_postMessage(channel=team, text=str(n)))["ts"] for n in range(7)]
    first = await client.conversations_history(channel=team, limit=3)
    await client.chat_postMessage(channel=team, text="newer")
    await client.chat_delete(channel=team, ts=stamps[3])
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=team, limit=3, cursor=cursor)

    assert [m["text"] for m in first["messages"]] == ["6", "5", "4"]
    assert [m["text"] for m in second["messages"]] == ["2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert second["response_metadata"]["next_cursor"] == ""


async def test_history_is_bounded_by_oldest_and_latest(client: AsyncWebClient, team: str) -> None:
    a, b, c = [(await client.chat_postMessage(channel=team, text=str(n)))["ts"] for n in range(3)]

    async def between(**bounds: Any) -> list[str]:
        found = await client.conversations_history(channel=team, **bounds)
        return [m["ts"] for m in found["messages"]]

    assert await between(oldest=a, latest=c) == [b]
    assert await between(oldest=a, latest=c, inclusive=True) == [c, b, a]
    assert await between(oldest=b) == [c]


async def test_replies_page_by_cursor_oldest_first(client: AsyncWebClient, team: str) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    for number in range(4):
        await client.chat_postMessage(channel=team, thread_ts=root, text=str(number))
    seen = list[str]()
    async for page in await client.conversations_replies(channel=team, ts=root, limit=2):
        seen += [m["text"] for m in page["messages"]]

    assert seen == ["root", "0", "1", "2", "3"]


async def test_reading_refuses_what_it_does_not_know(slack: LocalSlack, client: AsyncWebClient, team: str) -> None:
    general = slack.channels["general"]

    assert await refused(client.conversations_history(channel="C404")) == "channel_not_found"
    assert await refused(client.conversations_history(channel=general)) == "not_in_channel"
    assert await refused(client.conversations_history(channel=team, cursor="%%")) == "invalid_cursor"
    assert await refused(client.conversations_replies(channel=team, ts="1.000000")) == "thread_not_found"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.list"])
async def test_a_page_holds_999_at_most(client: AsyncWebClient, team: str, method: str) -> None:
    assert (await client.api_call(method, params={"channel": team, "limit": 999}))["ok"]
    assert await refused(client.api_call(method, params={"channel": team, "limit": 1_000})) == "invalid_limit"
    assert await refused(client.api_call(method, params={"channel": team, "limit": 0})) == "invalid_limit"


async def test_a_page_of_a_thread_holds_a_thousand(client: AsyncWebClient, team: str) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]

    assert (await client.conversations_replies(channel=team, ts=root, limit=1_000))["ok"]
    assert await refused(client.conversations_replies(channel=team, ts=root, limit=1_001)) == "invalid_limit"


@pytest.mark.parametrize("bound", ["oldest", "latest"])
@pytest.mark.parametrize("ts", ["soon", "nan", "sNaN", "inf", "-Infinity"])
async def test_a_bound_that_is_no_moment_is_refused(client: AsyncWebClient, team: str, bound: str, ts: str) -> None:
    root = (await client.chat_postMessage(channel=team, text="root"))["ts"]
    bounds: dict[str, Any] = {bound: ts}

    assert await refused(client.conversations_history(channel=team, **bounds)) == f"invalid_ts_{bound}"
    assert await refused(client.conversations_replies(channel=team, ts=root, **bounds)) == f"invalid_ts_{bound}"
