"""Starting, stopping and outliving the bot."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from local_slack import LocalSlack, PortInUse
from tests.local_slack.harness import Control, connected, open_url

# Far more than it takes, and less than aiohttp would wait for a client by itself.
A_HANG = 30


async def test_a_port_in_use_is_said_in_one_line(slack: LocalSlack) -> None:
    port = int(slack.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(PortInUse) as taken:
        await LocalSlack(port=port).__aenter__()

    assert str(taken.value) == (f"port {port} on 127.0.0.1 is already in use; choose another one, such as {port + 1}")


async def test_more_routes_are_served_beside_its_own() -> None:
    async def world(_request: web.Request) -> web.Response:
        return web.json_response({"scenario": "tiny"})

    routes = [web.get("/_control/world", world)]
    async with LocalSlack(extra_routes=routes) as slack, aiohttp.ClientSession(slack.url) as http:
        assert await Control(http).get("world") == {"scenario": "tiny"}


async def test_messages_outlive_the_bot(slack: LocalSlack, control: Control, team: str) -> None:
    async with connected(slack) as app:
        await app.client.chat_postMessage(channel=team, text="before")
    async with connected(slack) as app:
        await app.client.chat_postMessage(channel=team, text="after")

    assert await control.texts() == ["before", "after"]


async def test_a_client_that_does_not_say_goodbye_does_not_hold_it_up() -> None:
    async with LocalSlack() as slack, aiohttp.ClientSession() as http:
        # Never reads, so it never answers the closing handshake either.
        socket = await http.ws_connect(await open_url(slack))
        async with asyncio.timeout(A_HANG):
            await slack.__aexit__(None, None, None)
        assert not socket.closed
        await socket.close()
