"""Sends payloads to the app, waits for each acknowledgement within its time limit, and applies injected faults."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from local_slack.errors import Json
from local_slack.faults.active import Faults
from local_slack.faults.kinds import LateDelivery, LostAck, OutOfOrder
from local_slack.logs import Log
from local_slack.workspace import Workspace


class DeliveryKind(StrEnum):
    SLASH = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


class DeliveryError(StrEnum):
    TIMEOUT = "operation_timeout"
    """No ack within the time limit, which is three seconds in Slack."""
    DISPATCH = "dispatch_failed"
    """No receiver, an HTTP status other than 200, or an ack with invalid content."""


@dataclass(frozen=True)
class Outgoing:
    """A payload to deliver, with the user and channel it belongs to."""

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
    retry_reason: str = ""
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    id: int = 0
    socket: int | None = None
    http_status: int | None = None
    copies: int = 0
    acked: bool = False
    acked_ms: float | None = None
    ack: Any = None
    error: DeliveryError | None = None
    ack_errors: list[str] = field(default_factory=list)
    """Why validation refuses the message in the ack."""
    faults: list[str] = field(default_factory=list)
    """The delivery faults that were applied to it."""
    is_last: bool = False
    """Whether the app has asked for no retry, with the header X-Slack-No-Retry."""

    def to_json(self) -> Json:
        return asdict(self)


class Transport(Protocol):
    """Carries deliveries to the app."""

    async def send(self, delivery: Delivery) -> None:
        """Sends the delivery, waits for the ack as long as Slack does, and records the outcome in the delivery."""

    def retry_reason(self, delivery: Delivery) -> str:
        """Returns the reason that Slack would state for a retry of this delivery. Each transport has its own
        reasons."""


EVENT_RETRIES = 3


class Deliveries:
    """Sends deliveries by `transport`, which can change at any time."""

    def __init__(self, ws: Workspace, faults: Faults, transport: Transport) -> None:
        self._ws = ws
        self._faults = faults
        self._log: Log[Delivery] = Log()
        self._sent = asyncio.Event()
        self.transport = transport

    async def deliver(self, outgoing: Outgoing, retry_attempt: int = 0, retry_reason: str = "") -> Delivery:
        """Sends once and waits for the ack as long as Slack does."""
        now = self._ws.clock().isoformat()
        delivery = Delivery(
            outgoing.kind, outgoing.user, outgoing.channel, outgoing.payload, now, retry_attempt, retry_reason
        )
        delivery.id = self._log.add(delivery)
        await self._delay(delivery)
        begun = time.monotonic()
        await self.transport.send(delivery)
        if delivery.acked:
            delivery.acked_ms = round((time.monotonic() - begun) * 1000, 3)
        self._sent.set()
        await self._drop_ack(delivery, begun)
        return delivery

    async def deliver_event(self, outgoing: Outgoing) -> None:
        """Sends an event until it is acked or the app wants no retry, with at most three retries. Commands and clicks
        are never retried."""
        reason = ""
        for attempt in range(EVENT_RETRIES + 1):
            begun = time.monotonic()
            delivery = await self.deliver(outgoing, attempt, reason)
            if delivery.acked or delivery.is_last:
                return
            reason = self.transport.retry_reason(delivery)
            await asyncio.sleep(max(0.0, self._ws.timings.event_retry - (time.monotonic() - begun)))

    async def _delay(self, delivery: Delivery) -> None:
        late = self._faults.strike(LateDelivery)
        if late:
            delivery.faults.append(late.fault)
            await asyncio.sleep(late.seconds)
        overtaken = self._faults.strike(OutOfOrder)
        if overtaken:
            delivery.faults.append(overtaken.fault)
            await self._wait_for_another(overtaken.seconds)

    async def _wait_for_another(self, seconds: float) -> None:
        self._sent.clear()
        try:
            await asyncio.wait_for(self._sent.wait(), seconds)
        except TimeoutError:
            return

    async def _drop_ack(self, delivery: Delivery, begun: float) -> None:
        if not delivery.acked:
            return
        lost = self._faults.strike(LostAck)
        if lost:
            delivery.faults.append(lost.fault)
            await asyncio.sleep(max(0.0, self._ws.timings.ack - (time.monotonic() - begun)))
            delivery.acked, delivery.acked_ms, delivery.ack = False, None, None
            delivery.error = DeliveryError.TIMEOUT

    def since(self, number: int) -> Json:
        entries = [delivery.to_json() for _, delivery in self._log.since(number)]
        return {"deliveries": entries, "last_id": self._log.last_id}

    def clear(self) -> None:
        self._log.clear()
