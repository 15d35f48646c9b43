"""Requests to the bot's HTTP endpoint, over fakes: signed as Slack does, or not."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.manifest import REQUEST_PATH
from handlers.transport.http import ListenAddress, serve_http
from handlers.transport.request_verification import FORM, JSON
from local_slack.delivery.http_transport import signed
from tests.handlers.bolt import Edge, payload

SECRET = "the signing secret of these tests"


@dataclass
class Door:
    """The endpoint. ``reached`` are the bodies that Bolt got to see."""

    edge: Edge
    http: aiohttp.ClientSession
    port: int
    reached: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def send(self, body: bytes, headers: Mapping[str, str], path: str = REQUEST_PATH) -> tuple[int, str]:
        """Send the request unchanged; returns status and text of the answer."""
        async with self.http.post(self.url + path, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def signed(self, body: bytes, kind: str = FORM, **more: str) -> tuple[int, str]:
        """Send the body with a signature of now; returns status and text."""
        return await self.send(body, signed_now(body, kind) | more)

    async def type(self, text: str, **more: str) -> tuple[int, str]:
        """The body of ``/backfill TEXT``."""
        return await self.signed(self.slash(text), **more)

    def slash(self, text: str) -> bytes:
        return urlencode({**payload("slash"), "text": text, "response_url": self.edge.there.url}).encode()

    async def interact(self, body: dict[str, Any]) -> tuple[int, str]:
        """The body of a click or a submitted modal."""
        return await self.signed(urlencode({"payload": json.dumps(body)}).encode())


def signed_now(body: bytes, kind: str = FORM, *, late: int = 0, secret: str = SECRET) -> dict[str, str]:
    """Headers with a signature that is ``late`` seconds old."""
    return {**signed(body, secret, int(time.time()) - late), "Content-Type": kind}


def event(**fields: Any) -> tuple[bytes, str]:
    """A JSON body and its content type."""
    return json.dumps(fields).encode(), JSON


@asynccontextmanager
async def open_door(edge: Edge) -> AsyncIterator[Door]:
    """Serve the endpoint until the block is left."""
    async with serve_http(edge.app, SECRET, ListenAddress("127.0.0.1", 0)) as port, aiohttp.ClientSession() as http:
        door = Door(edge, http, port)

        async def see(req: AsyncBoltRequest, next_: Any) -> None:
            door.reached.append(req.body)
            await next_()

        edge.app.middleware(see)
        yield door
