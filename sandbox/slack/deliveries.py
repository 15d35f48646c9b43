"""What is delivered to the bot: each with its envelope, its ack, and the clock that runs against it."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.slack.errors import Json
from sandbox.slack.log import Log
from sandbox.slack.socket_mode import SocketMode
from sandbox.slack.workspace import Workspace

EVENT_RETRIES = 3


class DeliveryKind(StrEnum):
    SLASH = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


class DeliveryError(StrEnum):
    TIMEOUT = "operation_timeout"
    """No ack within three seconds."""
    DISPATCH = "dispatch_failed"
    """No socket to send it on, or an ack that cannot be shown."""


@dataclass(frozen=True)
class Parcel:
    """What is to be delivered, and to whom it belongs."""

    kind: DeliveryKind
    payload: Json
    user: str | None = None
    channel: str | None = None


@dataclass
class Delivery:
    kind: DeliveryKind
    user: str | None
    channel: str | None
    payload: Json
    sent_at: str
    retry_attempt: int = 0
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    id: int = 0
    socket: int | None = None
    copies: int = 0
    acked: bool = False
    acked_ms: float | None = None
    ack: Any = None
    error: DeliveryError | None = None
    ack_errors: list[str] = field(default_factory=list)
    """Why the ack's own message could not be shown, in the gate's words."""

    def to_json(self) -> Json:
        return asdict(self)

    def envelope(self) -> Json:
        envelope: Json = {
            "type": str(self.kind),
            "envelope_id": self.envelope_id,
            "payload": self.payload,
            "accepts_response_payload": self.kind is not DeliveryKind.EVENT,
        }
        if self.kind is DeliveryKind.EVENT:
            envelope |= {"retry_attempt": self.retry_attempt, "retry_reason": "timeout" if self.retry_attempt else ""}
        return envelope


class Deliveries:
    def __init__(self, ws: Workspace, sockets: SocketMode) -> None:
        self._ws = ws
        self._sockets = sockets
        self._log: Log[Delivery] = Log()

    async def deliver(self, parcel: Parcel, retry_attempt: int = 0) -> Delivery:
        """Send once and wait for the ack, three seconds at most."""
        delivery = Delivery(
            parcel.kind, parcel.user, parcel.channel, parcel.payload, self._ws.clock().isoformat(), retry_attempt
        )
        delivery.id = self._log.add(delivery)
        waiter = self._sockets.expect_ack(delivery.envelope_id)
        begun = time.monotonic()
        try:
            took = await self._sockets.send(delivery.envelope())
            if not took:
                delivery.error = DeliveryError.DISPATCH
                return delivery
            delivery.socket, delivery.copies = took[0], len(took)
            delivery.ack = await asyncio.wait_for(waiter, self._ws.timings.ack)
            delivery.acked = True
            delivery.acked_ms = round((time.monotonic() - begun) * 1000, 3)
        except TimeoutError:
            delivery.error = DeliveryError.TIMEOUT
        finally:
            self._sockets.forget_ack(delivery.envelope_id)
        return delivery

    async def deliver_event(self, parcel: Parcel) -> None:
        """Events come again until acked, three times at most; commands and clicks never do."""
        for attempt in range(EVENT_RETRIES + 1):
            begun = time.monotonic()
            delivery = await self.deliver(parcel, attempt)
            if delivery.acked:
                return
            await asyncio.sleep(max(0.0, self._ws.timings.event_retry - (time.monotonic() - begun)))

    def since(self, number: int) -> Json:
        entries = [delivery.to_json() for _, delivery in self._log.since(number)]
        return {"deliveries": entries, "last_id": self._log.last_id}

    def clear(self) -> None:
        self._log.clear()
