"""Socket Mode: keeps a WebSocket to Slack open, and reconnects for as long as it takes.

The client is the SDK's, except for how it connects and how it notices a dead socket. The SDK would use one URL for
all tries, although each URL of Slack's is good for one connection only. It would also retry with an invalid token,
log each failed try in forty lines, and drop a good socket when the wall clock is set forward.
"""

import asyncio
import logging
import time
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
# A socket that is lost sooner than this (in seconds) counts as a failed try. The next try follows after a wait that
# grows each time.
LIVED = 10.0
# Seconds to wait for Slack's side of closing a socket.
FAREWELL = 1.0
# Seconds that a handshake may take.
PATIENCE = 10.0
# Seconds between pings. After four unanswered pings the SDK gives the socket up.
PING_EVERY = 10.0
# Codes that mean that Slack will never accept this token: a person has to set another one and restart the bot. Any
# other refusal may be mended in Slack, and meanwhile the bot has alerts to post.
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
async def socket_mode_connection(
    app: AsyncApp, app_token: str, translating: Translating, ping_every: float = PING_EVERY
) -> AsyncIterator[None]:
    """Receive deliveries until the block is left. Waits for the first connection for as long as it takes.

    Raises Refused if Slack refuses the app-level token before the first connection. After any other failure it tries
    again.
    """
    handler: AsyncSocketModeHandler = _Handler(app, app_token, translating, ping_every)
    try:
        await handler.connect_async()
        yield
    finally:
        await handler.close_async()


class ReconnectingClient(SocketModeClient):
    """Connects with a new URL for every try: Slack's URLs open one socket each, and are valid for 30 s."""

    _pong: float | None = None
    _pong_noticed_at = 0.0

    def __init__(self, app: AsyncApp, app_token: str, translating: Translating, ping_every: float) -> None:
        logger = logging.getLogger(SOCKET_MODE)
        super().__init__(app_token=app_token, logger=logger, web_client=app.client, ping_interval=ping_every)
        self._translating = translating
        self._connecting = asyncio.Lock()
        self._has_connected = False
        self._connected_at: float | None = None
        self._wait = FIRST_WAIT

    @property
    def last_ping_pong_time(self) -> float | None:
        """The wall-clock time that the SDK put into the latest pong; before the first pong, the time of the first
        ping. None on a new socket."""
        return self._pong

    @last_ping_pong_time.setter
    def last_ping_pong_time(self, value: float | None) -> None:
        self._pong, self._pong_noticed_at = value, time.monotonic()

    async def is_ping_pong_failing(self) -> bool:
        """Whether no pong has come for four intervals, on the monotonic clock. The SDK would compare wall-clock
        times."""
        return self._pong is not None and time.monotonic() - self._pong_noticed_at >= 4 * self.ping_interval

    async def issue_new_wss_url(self) -> str:
        """An empty URL: the SDK asks for it before ``connect``, and ``connect`` gets a new URL for each try."""
        return ""

    async def connect(self) -> None:
        """Return when there is a socket, or when the client was closed. Raises Refused if Slack refuses the token
        before the first connection."""
        lost = self.current_session
        async with self._connecting:
            # Several tasks may notice a lost socket: only the first one reconnects.
            if self.current_session is not lost:
                return
            # The SDK's own tasks read this flag, and so do not reconnect at the same time.
            self.auto_reconnect_enabled = False
            try:
                await self._connect_with_retries()
            finally:
                self.auto_reconnect_enabled = self.default_auto_reconnect_enabled

    async def _connect_with_retries(self) -> None:
        wait = self._first_wait()
        while not await self._is_closed_after(wait):
            try:
                self._start_reading(await self._open_socket())
            except DependencyError as exc:
                if not self._has_connected and _is_about_token(exc):
                    raise
                next_wait = self._next_wait()
                wait = exc.retry_after.total_seconds() if isinstance(exc, RateLimited) else next_wait
                _log.warning("no connection to Slack", reason=str(exc), next_try_in_s=wait)
            except Exception as exc:  # noqa: BLE001  (the named edge)
                wait, reference = self._next_wait(), new_reference()
                details = {"reason": type(exc).__name__, "reference": reference, "next_try_in_s": wait}
                _log.error("no connection to Slack", **details, exc_info=exc)
            else:
                return

    def _first_wait(self) -> float:
        """Seconds before the first try: 0, unless the last socket was lost within ``LIVED``."""
        if self._connected_at is None or asyncio.get_running_loop().time() - self._connected_at >= LIVED:
            self._wait = FIRST_WAIT
            return 0.0
        wait = self._next_wait()
        _log.warning("connection to Slack did not last", next_try_in_s=wait)
        return wait

    def _next_wait(self) -> float:
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait

    async def _is_closed_after(self, seconds: float) -> bool:
        await asyncio.sleep(seconds)
        return self.closed

    async def _open_socket(self) -> aiohttp.ClientWebSocketResponse:
        # An app may have at most ten sockets, so the old one is closed first.
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
                    # The SDK sends pings and handles the answers itself.
                    autoping=False,
                    heartbeat=self.ping_interval,
                    proxy=self.proxy,
                    ssl=True if self.web_client.ssl is None else self.web_client.ssl,
                )

    def _start_reading(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Start the SDK's tasks that read the socket and monitor whether it is alive."""
        for task in (self.current_session_monitor, self.message_receiver):
            # One of the SDK's tasks noticed the loss and runs this code. It ends by itself when it sees the new
            # socket, so it is not cancelled.
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self.current_session, self._connected_at = socket, asyncio.get_running_loop().time()
        self.stale, self.last_ping_pong_time = False, None
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())
        _log.info("connected to Slack again" if self._has_connected else "connected to Slack")
        self._has_connected = True


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler with a ``ReconnectingClient``."""

    def __init__(self, app: AsyncApp, app_token: str, translating: Translating, ping_every: float) -> None:
        self.app = app
        self.app_token = app_token
        self.client = ReconnectingClient(app, app_token, translating, ping_every)
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]


def _is_about_token(exc: DependencyError) -> bool:
    cause = exc.__cause__
    return isinstance(exc, Refused) and isinstance(cause, SlackApiError) and cause.response["error"] in WRONG_TOKEN
