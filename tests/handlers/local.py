"""The whole edge on real protocols, over a fake world: deliveries by Socket Mode or by signed requests, response_url
and the Web API of a local Slack.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp

from bot.adapters.slack import SlackChannel, SlackModals, SlackPeople, slack_client
from bot.blocks.notifications import draw
from bot.config import Transport
from bot.fleet.notifications.notification import EpisodeCard
from bot.in_flight import InFlight
from bot.manifest import REQUEST_PATH
from bot.wiring import steady_now
from handlers.listeners.home import HomeTabs
from handlers.listeners.register import register
from handlers.transport.bolt_app import bolt_app
from handlers.transport.http import ListenAddress, serve_http
from local_slack import LocalSlack, Setting, SlackSeed
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld, config
from tests.handlers.confirming import struggling_world
from tests.local_slack.harness import (
    Control,
    Json,
    connected,
    eventually,
)

HILTON = episode()


@dataclass
class Scene:
    """A connected bot, with one alert posted in the channel."""

    world: FakeWorld
    control: Control
    alert: Json
    url: str

    async def posted_messages(self, count: int = 1, **fields: Any) -> list[Json]:
        """Wait for ``count`` messages with these fields, the alert not included; returns them."""

        async def enough() -> bool:
            return len(await self._others(fields)) >= count

        await eventually(enough)
        return await self._others(fields)

    async def dialog(self, words: str, user: str = "olivia") -> Json:
        """Wait until the person's open view contains these words; returns it."""

        async def there() -> bool:
            return words in str(await self._top(user))

        await eventually(there)
        return await self._top(user)

    async def submit(self, view: Json, user: str = "olivia", **entered: str) -> Json:
        """Submit the dialog; returns the answer of the local Slack."""
        submission = {"user": user, "view_id": view["id"], "values": entered}
        status, body = await self.control.post("submit", submission)
        assert status == 200, body
        return body

    async def _top(self, user: str) -> Json:
        views: list[Json] = (await self.control.get("views", user=user))["views"]
        return views[-1] if views else {}

    async def _others(self, fields: dict[str, Any]) -> list[Json]:
        messages = await self.control.messages()
        others = [message for message in messages if message["ts"] != self.alert["ts"]]
        return [message for message in others if all(message.get(key) == value for key, value in fields.items())]


@asynccontextmanager
async def open_scene(
    transport: Transport = Transport.SOCKET_MODE,
    seed: SlackSeed | None = None,
    customers: tuple[str, ...] = ("hilton", "vivint"),
) -> AsyncIterator[Scene]:
    """Run it until the block is left, with these customers on one cluster."""
    setting = Setting(seed=seed or SlackSeed())
    async with (
        LocalSlack(setting=setting) as slack,
        aiohttp.ClientSession(slack.url) as http,
        _bot(slack, transport, customers) as world,
    ):
        control = Control(http)
        (alert,) = await control.messages()
        yield Scene(world, control, alert, slack.url)


@asynccontextmanager
async def _bot(slack: LocalSlack, transport: Transport, customers: tuple[str, ...]) -> AsyncIterator[FakeWorld]:
    team = slack.channels["backfills"]
    rights = {"channel": team, "operator_groups": [slack.user_groups["data-oncall"]]}
    world = struggling_world(config({"voice-prod": customers}, slack=rights))
    world.journal.episodes[HILTON.id] = HILTON
    client = slack_client(slack.bot_token, slack.api_url, steady_now)
    channel = SlackChannel(client, team)
    await channel.post(draw(EpisodeCard(HILTON)), HILTON.root_key)
    people, modals = SlackPeople(client, lambda: world.now), SlackModals(client, team)
    app = bolt_app(client)
    services = replace(world.services, people=people, channel=channel, modals=modals)
    register(app, services, InFlight(), HomeTabs(services))
    async with connected(slack, app) if transport is Transport.SOCKET_MODE else requested(slack, app):
        yield world


@asynccontextmanager
async def requested(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """Serve the app in HTTP mode, and have the local Slack deliver to it."""
    async with serve_http(app, slack.signing_secret, ListenAddress("127.0.0.1", 0)) as port:
        await slack.deliver_to(f"http://127.0.0.1:{port}{REQUEST_PATH}", timeout=60)
        yield app
