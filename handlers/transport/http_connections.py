"""The connections of HTTP mode: how many there may be, and for how long without a request.

aiohttp limits neither while a request is not there whole, and at the limit of file descriptors nobody gets in any
more. So each connection has a door that watches it; one that waits is closed for one that comes.
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import BackfillBotError

# Within so many seconds the head of a request has to be there: Slack sends it in one piece.
HEAD = 5.0
# For so long a proxy may keep a connection that it does not use: the common ones do for at most a minute and a half.
UNUSED = 120.0
# Of the descriptors that the process may have; the store, Slack and the clusters need theirs.
SHARE = 4
MOST = 512
# Taken in one go, before any of them can be closed.
LONGEST_QUEUE = 128

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ConnectionLimits:
    """All connections that there are."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most or _most()
        # Waiting for a request, those that do for longest first.
        self._waiting: dict[_Door, None] = {}
        self._doors: dict[object, _Door] = {}

    @asynccontextmanager
    async def open(self, runner: web.BaseRunner, host: str, port: int) -> AsyncIterator[int]:
        """Let people in until the block is left; gives the port. Raises BackfillBotError when it cannot be had."""
        make = runner.server
        assert make is not None
        queue = max(4, min(LONGEST_QUEUE, self._most // 2))
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: _Door(make(), self), host, port, backlog=queue
            )
        except OSError as exc:
            raise BackfillBotError(f"Cannot listen on port {port} of {host}: {exc.strerror}.") from exc
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()

    @web.middleware
    async def answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Around each request whose head is there: its door is not closed for others meanwhile."""
        door = self._doors.get(request.protocol)
        if door is None:
            return await handler(request)
        self._waiting.pop(door, None)
        door.watch(None)
        try:
            return await handler(request)
        finally:
            self.waits(door, UNUSED)

    def waits(self, door: "_Door", at_most: float) -> None:
        """It does not have a request, or not whole."""
        if door.handler in self._doors:
            self._waiting.pop(door, None)
            self._waiting[door] = None
            door.watch(at_most)

    def came(self, door: "_Door") -> None:
        """One more; the one that has waited for longest goes for it, or else it goes itself."""
        self._doors[door.handler] = door
        self.waits(door, HEAD)
        if len(self._doors) > self._most:
            next(iter(self._waiting)).close()

    def went(self, door: "_Door") -> None:
        """It is closed."""
        self._doors.pop(door.handler, None)
        self._waiting.pop(door, None)
        door.watch(None)

    def heard(self, door: "_Door") -> None:
        """Something of a request has come."""
        if door in self._waiting and not door.is_expected:
            self.waits(door, HEAD)


def _most() -> int:
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if allowed == resource.RLIM_INFINITY else max(4, min(MOST, allowed // SHARE))


class _Door(asyncio.Protocol):
    """One connection, which aiohttp's own protocol serves."""

    def __init__(self, handler: web.RequestHandler, doors: ConnectionLimits) -> None:
        self.handler = handler
        self.is_expected = False
        self._doors = doors
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, at_most: float | None) -> None:
        """Close it after so many seconds, or not."""
        if self._timer is not None:
            self._timer.cancel()
        self.is_expected = at_most == HEAD
        self._timer = None if at_most is None else asyncio.get_running_loop().call_later(at_most, self.close)

    def close(self) -> None:
        """At once, with nothing sent."""
        if self._transport is not None:
            self._transport.abort()
        self._doors.went(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio tells it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.handler.connection_made(transport)
        self._doors.came(self)

    def data_received(self, data: bytes) -> None:
        """As asyncio tells it."""
        self._doors.heard(self)
        self.handler.data_received(data)

    def eof_received(self) -> bool | None:
        """As asyncio tells it: aiohttp has the connection closed then."""
        self.handler.eof_received()
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio tells it."""
        self._doors.went(self)
        self.handler.connection_lost(exc)

    def pause_writing(self) -> None:
        """As asyncio tells it."""
        self.handler.pause_writing()

    def resume_writing(self) -> None:
        """As asyncio tells it."""
        self.handler.resume_writing()
