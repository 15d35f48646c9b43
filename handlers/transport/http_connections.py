"""Limits the connections of HTTP mode: their number, and how long each may stay open without a whole request.

aiohttp has no such limits before a request has arrived whole. So half-open connections could use up the process's
file descriptors, and then Slack could not connect. When there are too many connections, the one that has been idle
for longest is closed to make room for a new one (docs/decisions/http-mode.md).
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import BackfillBotError

# The seconds in which all of a request's head has to arrive: Slack sends it in one piece.
HEAD = 5.0
# The seconds for which a connection may stay open without a request: common proxies close theirs after at most 90.
UNUSED = 120.0
# Connections use at most one in this many of the process's file descriptors; the store, Slack and the clusters need
# the others.
SHARE = 4
MOST = 512
# The backlog of the listening socket: asyncio accepts that many at once, before any can be closed.
LONGEST_QUEUE = 128

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ConnectionLimits:
    """The open connections, and the limits for them."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most or _most_allowed()
        # Connections without a whole request, the longest idle first.
        self._idle: dict[_Connection, None] = {}
        self._connections: dict[object, _Connection] = {}

    @asynccontextmanager
    async def listen(self, runner: web.BaseRunner, host: str, port: int) -> AsyncIterator[int]:
        """Accept connections until the block is left. Yields the port. Raises BackfillBotError if it cannot listen
        there."""
        make_handler = runner.server
        assert make_handler is not None
        queue = max(4, min(LONGEST_QUEUE, self._most // 2))
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: _Connection(make_handler(), self), host, port, backlog=queue
            )
        except OSError as exc:
            raise BackfillBotError(f"Cannot listen on port {port} of {host}: {exc.strerror}.") from exc
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep a connection from being closed while its request is answered."""
        connection = self._connections.get(request.protocol)
        if connection is None:
            return await handler(request)
        self._idle.pop(connection, None)
        connection.close_after(None)
        try:
            return await handler(request)
        finally:
            self.set_idle(connection, UNUSED)

    def set_idle(self, connection: "_Connection", at_most: float) -> None:
        """Count the connection as idle: it may be closed for a new one, and is closed after ``at_most`` seconds."""
        if connection.handler in self._connections:
            self._idle.pop(connection, None)
            self._idle[connection] = None
            connection.close_after(at_most)

    def add(self, connection: "_Connection") -> None:
        """Add a new connection. Above the limit, the one that has been idle for longest is closed, which may be the
        new one."""
        self._connections[connection.handler] = connection
        self.set_idle(connection, HEAD)
        if len(self._connections) > self._most:
            next(iter(self._idle)).close()

    def remove(self, connection: "_Connection") -> None:
        """Forget a connection that was closed."""
        self._connections.pop(connection.handler, None)
        self._idle.pop(connection, None)
        connection.close_after(None)

    def data_arrived(self, connection: "_Connection") -> None:
        """Restart the time limit when the first bytes of a request arrive: its head has to be complete within
        ``HEAD`` seconds."""
        if connection in self._idle and not connection.awaits_head:
            self.set_idle(connection, HEAD)


def _most_allowed() -> int:
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if allowed == resource.RLIM_INFINITY else max(4, min(MOST, allowed // SHARE))


class _Connection(asyncio.Protocol):
    """One connection. It wraps aiohttp's protocol, which serves the requests."""

    def __init__(self, handler: web.RequestHandler, limits: ConnectionLimits) -> None:
        self.handler = handler
        self.awaits_head = False
        self._limits = limits
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def close_after(self, at_most: float | None) -> None:
        """Close the connection after this many seconds; None removes the limit."""
        if self._timer is not None:
            self._timer.cancel()
        self.awaits_head = at_most == HEAD
        self._timer = None if at_most is None else asyncio.get_running_loop().call_later(at_most, self.close)

    def close(self) -> None:
        """Abort the connection, without an answer."""
        if self._transport is not None:
            self._transport.abort()
        self._limits.remove(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A callback of asyncio.Protocol: the connection is open. From now on it counts towards the limit."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.handler.connection_made(transport)
        self._limits.add(self)

    def data_received(self, data: bytes) -> None:
        """A callback of asyncio.Protocol."""
        self._limits.data_arrived(self)
        self.handler.data_received(data)

    def eof_received(self) -> bool | None:
        """A callback of asyncio.Protocol. asyncio closes the connection when it returns None."""
        self.handler.eof_received()
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """A callback of asyncio.Protocol."""
        self._limits.remove(self)
        self.handler.connection_lost(exc)

    def pause_writing(self) -> None:
        """A callback of asyncio.Protocol."""
        self.handler.pause_writing()

    def resume_writing(self) -> None:
        """A callback of asyncio.Protocol."""
        self.handler.resume_writing()
