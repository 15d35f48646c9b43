"""LocalSlack puts all parts together behind one port."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from aiohttp import web

from local_slack.background import Background
from local_slack.control.actions import ActionRoutes
from local_slack.control.administration import AdministrationRoutes
from local_slack.control.faults import FaultRoutes, ImmediateFaults
from local_slack.control.observation import ObservationRoutes
from local_slack.control.posts import PostRoutes
from local_slack.control.requests import Lookup, control_errors
from local_slack.delivery.mode import DeliveryMode
from local_slack.delivery.socket_mode import SocketMode
from local_slack.errors import PortInUse
from local_slack.faults.active import Faults
from local_slack.logs import Calls
from local_slack.page import Page
from local_slack.user_actions.channel import ChannelActions
from local_slack.user_actions.modals import ModalActions
from local_slack.user_actions.posts import Posts
from local_slack.web_api.calls import CallRunner
from local_slack.web_api.endpoint import WebApi
from local_slack.web_api.files import FileTransfer
from local_slack.web_api.rate_limits import PUBLISHED, Limits, RateLimits
from local_slack.web_api.response_url import ResponseUrlEndpoint
from local_slack.workspace import Timings, Workspace
from local_slack.workspace.ids import Clock
from local_slack.workspace.people import SlackSeed

BODY_BYTES = 32 * 1024 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Setting:
    """The seed, timings, clock and rate limits of a local Slack."""

    seed: SlackSeed = field(default_factory=SlackSeed)
    timings: Timings = field(default_factory=Timings)
    clock: Clock = utc_now
    limits: Limits = PUBLISHED


class LocalSlack:
    """A local Slack that runs while its context is open.

    `extra_routes` are served beside its own. Port 0 takes a free port; a port in use raises PortInUse on entering.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        extra_routes: Sequence[web.RouteDef] = (),
        setting: Setting | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._extra_routes = tuple(extra_routes)
        chosen = setting or Setting()
        self._seed = chosen.seed
        self._workspace = Workspace(chosen.seed, chosen.clock, chosen.timings)
        self._faults = Faults()
        self._calls = Calls()
        self._rate_limits = RateLimits(chosen.limits, chosen.clock)
        self._background = Background()
        self._sockets = SocketMode(self._workspace, self._faults, self._background)
        self._delivery_mode = DeliveryMode(self._workspace, self._sockets, self._faults)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"{self._workspace.base_url}/"

    @property
    def api_url(self) -> str:
        return f"{self._workspace.base_url}/api/"

    @property
    def bot_token(self) -> str:
        return self._seed.bot_token

    @property
    def app_token(self) -> str:
        return self._seed.app_token

    @property
    def signing_secret(self) -> str:
        return self._seed.signing_secret

    @property
    def channels(self) -> dict[str, str]:
        """Ids by name. The bot is a member of the first channel."""
        return {name: cid for cid, name in self._seed.channels}

    @property
    def users(self) -> dict[str, str]:
        """Ids by name, of people and of the bot."""
        return {user.name: user.id for user in (*self._seed.users, self._seed.bot)}

    @property
    def user_groups(self) -> dict[str, str]:
        return {group.handle: group.id for group in self._seed.user_groups}

    async def wait_connected(self, timeout: float) -> None:
        """Waits until a Socket Mode client has connected and received hello. Raises TimeoutError after `timeout`
        seconds."""
        try:
            await asyncio.wait_for(self._sockets.connected.wait(), timeout)
        except TimeoutError as exc:
            raise TimeoutError(f"no Socket Mode client connected within {timeout:g} s") from exc

    async def deliver_to(self, request_url: str, timeout: float) -> None:
        """Switches deliveries to signed requests to this URL, once it answers Slack's challenge.

        Raises TimeoutError after `timeout` seconds without an answer; deliveries are then as before.
        """
        await self._delivery_mode.use_request_url(request_url, timeout)

    async def __aenter__(self) -> LocalSlack:
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError as exc:
            await runner.cleanup()
            if exc.errno == errno.EADDRINUSE:
                raise PortInUse(self._host, self._port) from exc
            raise
        self._runner = runner
        port = runner.addresses[0][1]
        self._workspace.base_url = f"http://{self._host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._background.end()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        ws, deliveries = self._workspace, self._delivery_mode.deliveries
        call_runner = CallRunner(self._faults, self._calls, ws.clock, self._rate_limits)
        channel_actions = ChannelActions(ws, deliveries, self._background)
        modals, lookup = ModalActions(ws, deliveries), Lookup(ws)
        posts = Posts(ws, channel_actions.event)
        ws.announce = posts.tell
        api = WebApi(ws, self._sockets, call_runner, self._faults)
        response_url = ResponseUrlEndpoint(ws, call_runner, self._faults)
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[control_errors])
        app.add_routes(
            [
                web.route("*", "/api/{method}", api.handle),
                web.get("/link/", self._sockets.link),
                web.post("/{origin:commands|actions}/{team}/{number}/{token}", response_url.handle),
                *FileTransfer(ws).routes(),
                *ActionRoutes(lookup, channel_actions, modals).routes(),
                *PostRoutes(lookup, posts).routes(),
                *AdministrationRoutes(ws, lookup, channel_actions, self._delivery_mode).routes(),
                *ObservationRoutes(ws, lookup, modals, deliveries, self._calls).routes(),
                *self._fault_routes().routes(),
                *Page(ws).routes(),
                *self._extra_routes,
            ]
        )
        return app

    def _fault_routes(self) -> FaultRoutes:
        immediate = ImmediateFaults(self._workspace, self._sockets)
        return FaultRoutes(
            self._workspace, self._faults, immediate, self._calls, self._delivery_mode.deliveries, self._rate_limits
        )
