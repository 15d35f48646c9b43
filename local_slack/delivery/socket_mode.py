"""Socket Mode: issues URLs, each of which opens one socket. Sends envelopes and the messages `hello` and `disconnect`
through the sockets, and takes acks. The ticket in a URL is the secret that a handshake uses up."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from local_slack.background import Background
from local_slack.delivery.deliveries import Delivery, DeliveryError, DeliveryKind
from local_slack.errors import Json
from local_slack.faults.active import Faults
from local_slack.faults.kinds import Duplicate, NoPong, RefuseHandshake
from local_slack.workspace import Workspace

SOCKETS_PER_APP = 10
CONNECTION_SECONDS = 18_060
GOODBYE_SECONDS = 1.0
"""How long a closing socket waits for the client to close its side."""


@dataclass
class Socket:
    number: int
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    leaving: bool = False
    """Whether the client was asked to disconnect. Such a socket gets deliveries only while no other one is open."""


class SocketMode:
    def __init__(self, workspace: Workspace, faults: Faults, background: Background) -> None:
        self._workspace = workspace
        self._faults = faults
        self._background = background
        self._tickets: set[str] = set()
        self._sockets: list[Socket] = []
        self._opened = 0
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self._after_reconnect: list[Json] = []
        self.connected = asyncio.Event()

    def issue_url(self) -> str:
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        base = self._workspace.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={self._workspace.seed.app_id}"

    async def link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self._faults.strike(RefuseHandshake):
            return web.Response(status=403, text="handshake refused")
        ws = web.WebSocketResponse(autoping=False, timeout=GOODBYE_SECONDS)
        await ws.prepare(request)
        # Only a successful handshake uses the ticket up, because clients try the same address again after a failed
        # one.
        self._tickets.discard(ticket)
        self._opened += 1
        socket = Socket(self._opened, ws, request.transport)
        if len(self._sockets) >= SOCKETS_PER_APP:
            await ws.send_json(_disconnect("too_many_websockets"))
            await ws.close()
            return ws
        await self._serve(socket)
        return ws

    async def _serve(self, socket: Socket) -> None:
        self._sockets.append(socket)
        try:
            # A client may disconnect at any moment.
            with suppress(ConnectionError):
                await socket.ws.send_json(self._hello())
                self.connected.set()
                await self._send_again(socket)
                await self._listen(socket)
        finally:
            self._sockets.remove(socket)
            if not self._sockets:
                self.connected.clear()

    async def _listen(self, socket: Socket) -> None:
        async for frame in socket.ws:
            if frame.type is WSMsgType.PING:
                if not self._faults.strike(NoPong):
                    await socket.ws.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._acknowledge(frame.data)

    def _acknowledge(self, text: str) -> None:
        """Accepts an ack, which may come by another socket than the one that carried the delivery. Ignores any text
        that is no ack of an open delivery, as Slack does."""
        try:
            ack = json.loads(text)
        except (ValueError, RecursionError):
            return
        waiter = self._acks.get(str(ack.get("envelope_id"))) if isinstance(ack, dict) else None
        if waiter is not None and not waiter.done():
            waiter.set_result(ack.get("payload"))

    def expect_ack(self, envelope_id: str) -> asyncio.Future[Any]:
        """Returns a future with the ack's payload. Call `forget_ack` in the end."""
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = waiter
        return waiter

    def forget_ack(self, envelope_id: str) -> None:
        self._acks.pop(envelope_id, None)

    async def send(self, delivery: Delivery) -> list[int]:
        """Sends the delivery to one socket. A fault of the kind Duplicate sends it a second time, possibly only after
        the next connect. Returns the numbers of the sockets that have got it now; empty if none has."""
        envelope, first = _envelope(delivery), self._next()
        twice = self._faults.strike(Duplicate) if first else None
        if twice:
            delivery.faults.append(twice.fault)
        if twice and twice.again == "after_reconnect":
            self._after_reconnect.append(envelope)
        sockets = [first]
        if twice and twice.again != "after_reconnect":
            sockets.append(first if twice.again == "same_socket" else self._next())
        return [socket.number for socket in sockets if socket and await self._send_to(socket, envelope)]

    async def _send_to(self, socket: Socket, envelope: Json) -> bool:
        try:
            await socket.ws.send_json(envelope)
        except ConnectionError:
            return False
        return True

    async def _send_again(self, socket: Socket) -> None:
        again, self._after_reconnect = self._after_reconnect, []
        for envelope in again:
            await self._send_to(socket, envelope)

    def _next(self) -> Socket | None:
        """Picks the next open socket in turn. One that was asked to disconnect is picked only if there is no
        other."""
        usable = [socket for socket in self._sockets if not socket.ws.closed]
        chosen = next((socket for socket in usable if not socket.leaving), usable[0] if usable else None)
        if chosen is not None:
            self._sockets.remove(chosen)
            self._sockets.append(chosen)
        return chosen

    async def disconnect(self, reason: str) -> int:
        """Asks every socket to disconnect, and closes it after a while. Returns how many were asked, without those
        asked before."""
        open_sockets = [socket for socket in self._sockets if not socket.leaving]
        for socket in open_sockets:
            socket.leaving = True
            with suppress(ConnectionError):
                await socket.ws.send_json(_disconnect(reason))
            self._background.start(self._close_later(socket, reason))
        return len(open_sockets)

    async def _close_later(self, socket: Socket, reason: str) -> None:
        """Closes the socket later. If the reason was a warning, first sends refresh_requested, as Slack does after a
        warning."""
        await asyncio.sleep(self._workspace.timings.closing)
        if reason == "warning":
            await self._send_to(socket, _disconnect("refresh_requested"))
        await socket.ws.close()

    def abort(self) -> int:
        aborted = [socket for socket in self._sockets if socket.transport is not None]
        for socket in aborted:
            if socket.transport is not None:
                socket.transport.abort()
        return len(aborted)

    async def close(self) -> None:
        await asyncio.gather(*(socket.ws.close() for socket in self._sockets))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "connection_info": {"app_id": self._workspace.seed.app_id},
            "debug_info": {
                "host": "applink-local",
                "started": self._workspace.clock().strftime("%Y-%m-%d %H:%M:%S.000"),
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
        }


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}}


class SocketTransport:
    def __init__(self, ws: Workspace, sockets: SocketMode) -> None:
        self._ws = ws
        self._sockets = sockets

    async def send(self, delivery: Delivery) -> None:
        waiter = self._sockets.expect_ack(delivery.envelope_id)
        try:
            took = await self._sockets.send(delivery)
            if not took:
                delivery.error = DeliveryError.DISPATCH
                return
            delivery.socket, delivery.copies = took[0], len(took)
            delivery.ack = await asyncio.wait_for(waiter, self._ws.timings.ack)
            delivery.acked = True
        except TimeoutError:
            delivery.error = DeliveryError.TIMEOUT
        finally:
            self._sockets.forget_ack(delivery.envelope_id)

    def retry_reason(self, _delivery: Delivery) -> str:
        return "timeout"


def _envelope(delivery: Delivery) -> Json:
    is_event = delivery.kind is DeliveryKind.EVENT
    envelope: Json = {
        "type": str(delivery.kind),
        "envelope_id": delivery.envelope_id,
        "payload": delivery.payload,
        "accepts_response_payload": not is_event,
    }
    if is_event:
        envelope |= {"retry_attempt": delivery.retry_attempt, "retry_reason": delivery.retry_reason}
    return envelope
