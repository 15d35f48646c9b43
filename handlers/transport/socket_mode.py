"""Socket Mode: keeps a connection to Slack, however long Slack takes to be there.

The client is the SDK's, but for how it connects: that one would use one ticket for all its tries, wait for a token to
become another, and tell each try in forty lines.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, suppress

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.errors import DependencyError, RateLimited, Refused, Unavailable, new_reference
from bot.logs import SOCKET_MODE

FIRST_WAIT = 1.0  # seconds
LONGEST_WAIT = 30.0
# A socket that is lost before so many seconds counts as a failed try: the next one comes after a wait, and a longer
# one each time.
LIVED = 10.0
# For how long Slack is waited for when a socket is closed.
FAREWELL = 1.0
# How long a handshake may take.
PATIENCE = 10.0
# Seconds between pings; a socket is given up when four of them stay unanswered.
PING_EVERY = 10.0
# The token will never be let in: somebody has to put another one into the environment, and start the bot again. All
# other refusals may be mended in Slack, and meanwhile there are alerts to post.
WRONG_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)

Translating = Callable[[str], AbstractContextManager[None]]

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def listening(
    app: AsyncApp, app_token: str, translating: Translating, ping_every: float = PING_EVERY
) -> AsyncIterator[None]:
    """Commands and clicks come in until the block is left. A connection is waited for, with patience.

    Raises Refused when the first one is refused for the app-level token. Whatever is refused later is waited for.
    """
    handler: AsyncSocketModeHandler = _Handler(app, app_token, translating, ping_every)
    try:
        await handler.connect_async()
        yield
    finally:
        await handler.close_async()


class _Client(SocketModeClient):
    """Connects with a new ticket for every try: one opens one socket, and is good for half a minute."""

    def __init__(self, app: AsyncApp, app_token: str, translating: Translating, ping_every: float) -> None:
        logger = logging.getLogger(SOCKET_MODE)
        super().__init__(app_token=app_token, logger=logger, web_client=app.client, ping_interval=ping_every)
        self._translating = translating
        self._connecting = asyncio.Lock()
        self._has_connected = False
        self._connected_at: float | None = None
        self._wait = FIRST_WAIT

    async def issue_new_wss_url(self) -> str:
        """Nothing: the SDK asks here before it has us connect, and each try asks for itself."""
        return ""

    async def connect(self) -> None:
        """Return when there is a socket, or none is wanted any more. Raises Refused for a token that is wrong."""
        known = self.current_session
        async with self._connecting:
            # Several tasks may see that a socket is gone: one of them opens the next.
            if self.current_session is not known:
                return
            # The others are not to see to that meanwhile; they are to again, whatever comes of this.
            self.auto_reconnect_enabled = False
            try:
                await self._connect_patiently()
            finally:
                self.auto_reconnect_enabled = self.default_auto_reconnect_enabled

    async def _connect_patiently(self) -> None:
        wait = self._before_the_first_try()
        while not await self._is_closed_after(wait):
            try:
                self._take(await self._opened())
            except DependencyError as exc:
                if not self._has_connected and _is_for_the_token(exc):
                    raise
                grown = self._grown_wait()
                wait = exc.retry_after.total_seconds() if isinstance(exc, RateLimited) else grown
                _log.warning("no connection to Slack", reason=str(exc), next_try_in_s=wait)
            except Exception as exc:  # noqa: BLE001  (the named edge)
                wait, reference = self._grown_wait(), new_reference()
                told = {"reason": type(exc).__name__, "reference": reference, "next_try_in_s": wait}
                _log.error("no connection to Slack", **told, exc_info=exc)
            else:
                return

    def _before_the_first_try(self) -> float:
        """In seconds: none, unless the last socket was hardly there."""
        if self._connected_at is None or asyncio.get_running_loop().time() - self._connected_at >= LIVED:
            self._wait = FIRST_WAIT
            return 0.0
        wait = self._grown_wait()
        _log.warning("connection to Slack did not last", next_try_in_s=wait)
        return wait

    def _grown_wait(self) -> float:
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait

    async def _is_closed_after(self, seconds: float) -> bool:
        await asyncio.sleep(seconds)
        return self.closed

    async def _opened(self) -> aiohttp.ClientWebSocketResponse:
        # Slack takes ten sockets at most: the old one goes first.
        if self.current_session is not None:
            with suppress(aiohttp.ClientError, OSError):
                await self.current_session.close()
        with self._translating("apps.connections.open"):
            answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        url = answer.get("url")
        if not url:
            raise Unavailable("slack", "apps.connections.open: no URL in the answer")
        with self._translating("Socket Mode"):
            async with asyncio.timeout(PATIENCE):
                return await self.aiohttp_client_session.ws_connect(
                    url,
                    timeout=aiohttp.ClientWSTimeout(ws_close=FAREWELL),
                    # The SDK pings, and reads the answers.
                    autoping=False,
                    heartbeat=self.ping_interval,
                    proxy=self.proxy,
                    ssl=True if self.web_client.ssl is None else self.web_client.ssl,
                )

    def _take(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Have the SDK read it, and see whether it is alive."""
        for task in (self.current_session_monitor, self.message_receiver):
            # The one that has noticed ends by itself when it finds another socket.
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self.current_session, self._connected_at = socket, asyncio.get_running_loop().time()
        self.stale, self.last_ping_pong_time = False, None
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())
        _log.info("connected to Slack again" if self._has_connected else "connected to Slack")
        self._has_connected = True


class _Handler(AsyncSocketModeHandler):
    """Bolt's, with our client."""

    def __init__(self, app: AsyncApp, app_token: str, translating: Translating, ping_every: float) -> None:
        self.app = app
        self.app_token = app_token
        self.client = _Client(app, app_token, translating, ping_every)
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]


def _is_for_the_token(exc: DependencyError) -> bool:
    said = exc.__cause__
    return isinstance(exc, Refused) and isinstance(said, SlackApiError) and said.response["error"] in WRONG_TOKEN
