"""A Bolt app that gets recorded payloads, and a response_url that records what it receives."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.in_flight import InFlight
from bot.model import Address
from handlers.listeners.home import HomeTabs
from handlers.listeners.register import register
from tests.fakes.services import CHANNEL, OPERATOR, TEAM, FakeWorld

PAYLOADS = Path(__file__).parent.parent / "payloads"
BOT, APP = "U0BOT", "A1"
DEADLINE = 60.0  # seconds; it bounds a hang, and is no measure


@dataclass
class ResponseUrl:
    """A response_url that records what it receives. ``statuses`` are its next answers; then it answers 200."""

    url: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    statuses: deque[int] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def answers(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait for ``count`` messages; returns all that were received."""
        async with asyncio.timeout(DEADLINE):
            while len(self.received) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.received

    async def handle(self, request: web.Request) -> web.Response:
        self.received.append(await request.json())
        self.arrived.set()
        status = self.statuses.popleft() if self.statuses else 200
        return web.Response(status=status, text="ok", headers={"Retry-After": "0"})


@asynccontextmanager
async def open_response_url() -> AsyncIterator[ResponseUrl]:
    """Serve a response_url on a free port of 127.0.0.1."""
    there = ResponseUrl()
    application = web.Application()
    application.router.add_post("/", there.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        there.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield there
    finally:
        await runner.cleanup()


@dataclass
class Edge:
    """The listeners on a Bolt app that is called directly, without a network."""

    world: FakeWorld
    there: ResponseUrl

    def __post_init__(self) -> None:
        self.in_flight = InFlight()
        self.events = count()
        self.triggers = (f"1.{number}.of-the-test" for number in count())
        self.app = AsyncApp(authorize=_authorize, signing_secret="not used by this mode")
        self.home_tabs = HomeTabs(self.world.services)
        register(self.app, self.world.services, self.in_flight, self.home_tabs)

    async def type(self, text: str, **fields: Any) -> BoltResponse:
        """Deliver ``/backfill TEXT``; returns the acknowledgement."""
        return await self.dispatch({**payload("slash"), "text": text, "trigger_id": next(self.triggers), **fields})

    async def write(self, text: str, event_id: str = "", **event: Any) -> BoltResponse:
        """Deliver a mention by the operator in the team's channel, unless ``event`` says otherwise."""
        message = {"user": OPERATOR, "channel": CHANNEL, "ts": f"1700000000.{next(self.events):06}", "text": text}
        whole = {"type": "app_mention", **message, **event}
        self.world.channel.of_people |= {Address(whole["channel"], whole.get("thread_ts") or whole["ts"])}
        bot = {"team_id": TEAM, "user_id": BOT, "is_bot": True}
        body = {"type": "event_callback", "team_id": TEAM, "event_id": event_id or f"Ev{whole['ts']}", "event": whole}
        return await self.dispatch({**body, "authorizations": [bot]})

    async def shortcut(
        self, callback_id: str, address: Address, user: str = OPERATOR, **message: Any
    ) -> BoltResponse:
        """Deliver a shortcut that was chosen in the menu of the message at this address."""
        return await self.dispatch(
            {
                "type": "message_action",
                "callback_id": callback_id,
                "trigger_id": next(self.triggers),
                "api_app_id": APP,
                "team": {"id": TEAM},
                "user": {"id": user, "team_id": TEAM},
                "channel": {"id": address.channel},
                "message": {"type": "message", "ts": address.ts, **message},
            }
        )

    async def click(self, name: str, user: str = "", **element: Any) -> BoltResponse:
        """Deliver the recorded click with another user or other fields of its element."""
        body = payload(name) | {"trigger_id": next(self.triggers)}
        body["actions"][0] |= element
        body["user"]["id"] = user or body["user"]["id"]
        return await self.dispatch(body)

    async def dispatch(self, body: dict[str, Any]) -> BoltResponse:
        """Deliver any payload."""
        body["response_url"] = self.there.url
        return await self.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))


def payload(name: str) -> dict[str, Any]:
    """Load a recorded payload."""
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return body


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None, team_id="T0FAKE", bot_token="xoxb-fake", bot_id="B0BOT", bot_user_id=BOT
    )
