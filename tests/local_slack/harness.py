"""What the tests drive the local Slack with: its control API, a real Bolt app, and patience with an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from local_slack import LocalSlack

Json = dict[str, Any]


class Control:
    """The control API, with the team's channel and the operator unless told otherwise."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http

    async def post(self, path: str, body: Any) -> tuple[int, Json]:
        async with self.http.post(f"/_control/{path}", json=body) as reply:
            return reply.status, await reply.json()

    async def get(self, path: str, **query: str) -> Json:
        async with self.http.get(f"/_control/{path}", params=query) as reply:
            assert reply.status == 200, await reply.text()
            body: Json = await reply.json()
            return body

    async def command(self, text: str, user: str = "olivia", channel: str = "backfills") -> Json:
        status, body = await self.post("command", {"user": user, "channel": channel, "text": text})
        assert status == 200, body
        return body

    async def click(self, message: Json, action_id: str, value: str | None = None, user: str = "olivia") -> Json:
        click: Json = {
            "user": user,
            "channel": message["channel"],
            "message_ts": message["ts"],
            "action_id": action_id,
        }
        status, body = await self.post("click", click if value is None else click | {"value": value})
        assert status == 200, body
        return body

    async def messages(self, channel: str = "backfills", thread_ts: str = "") -> list[Json]:
        body = await self.get("messages", channel=channel, thread_ts=thread_ts)
        found: list[Json] = body["messages"]
        return found

    async def texts(self, channel: str = "backfills") -> list[str]:
        return [message["text"] for message in await self.messages(channel)]

    async def fault(self, **fault: Any) -> Json:
        status, body = await self.post("faults", fault)
        assert status == 200, body
        return body


PATIENT, IMPATIENT = 10.0, 1.0
"""Seconds between pings. The client gives a socket up whose pong takes half as long, as on a busy machine it may."""


@asynccontextmanager
async def connected(
    slack: LocalSlack, app: AsyncApp | None = None, ping_interval: float = PATIENT
) -> AsyncIterator[AsyncApp]:
    """A real Bolt app, connected by Socket Mode; an impatient one notices lost sockets within about a second."""
    bot = app or new_app(slack)
    handler = AsyncSocketModeHandler(bot, slack.app_token, ping_interval=ping_interval)
    await handler.connect_async()
    try:
        await slack.wait_connected(5)
        yield bot
    finally:
        await handler.close_async()


def new_app(slack: LocalSlack) -> AsyncApp:
    return AsyncApp(client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url))


async def open_url(slack: LocalSlack) -> str:
    client = AsyncWebClient(base_url=slack.api_url)
    opened = await client.apps_connections_open(app_token=slack.app_token)
    return str(opened["url"])


async def refused(call: Awaitable[Any]) -> str:
    """The code the call is refused with."""
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


async def eventually(check: Callable[[], Awaitable[bool]], within: float = 200) -> None:
    """Until `check` holds; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while not await check():
        assert time.monotonic() < deadline, f"not so within {within} s"
        await asyncio.sleep(0.02)
