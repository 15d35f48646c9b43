"""The app's setting of how deliveries reach it: Socket Mode, or requests to its own URL."""

from __future__ import annotations

import asyncio

from local_slack.delivery.deliveries import Deliveries
from local_slack.delivery.http_transport import HttpTransport
from local_slack.delivery.socket_mode import SocketMode, SocketTransport
from local_slack.faults.active import Faults
from local_slack.workspace import Workspace

CHALLENGED_EVERY_SECONDS = 0.1


class DeliveryMode:
    """The transport of deliveries: Socket Mode at first, and requests once ``use_request_url`` has switched."""

    def __init__(self, ws: Workspace, sockets: SocketMode, faults: Faults) -> None:
        self._ws = ws
        self._faults = faults
        self._socket_transport = SocketTransport(ws, sockets)
        self.deliveries = Deliveries(ws, faults, self._socket_transport)

    def use_socket_mode(self) -> None:
        self.deliveries.transport = self._socket_transport

    async def use_request_url(self, url: str, timeout: float) -> None:
        """Switches once the URL answers Slack's challenge. If it does not within ``timeout`` seconds, raises
        TimeoutError and changes nothing."""
        transport = HttpTransport(self._ws, self._faults, url)
        deadline = asyncio.get_running_loop().time() + timeout
        while not await transport.is_verified():
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"{url} did not answer Slack's challenge within {timeout:g} s")
            await asyncio.sleep(CHALLENGED_EVERY_SECONDS)
        self.deliveries.transport = transport
