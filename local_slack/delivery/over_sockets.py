"""Deliveries by Socket Mode: an envelope on one of the open sockets, an ack on any (slack-contract.md §2)."""

from __future__ import annotations

import asyncio

from local_slack.delivery.deliveries import Delivery, DeliveryError, DeliveryKind
from local_slack.delivery.socket_mode import SocketMode
from local_slack.errors import Json
from local_slack.workspace import Workspace


class OverSockets:
    def __init__(self, ws: Workspace, sockets: SocketMode) -> None:
        self._ws = ws
        self._sockets = sockets

    async def carry(self, delivery: Delivery) -> None:
        waiter = self._sockets.expect_ack(delivery.envelope_id)
        try:
            took = await self._sockets.send(_envelope(delivery))
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

    def reason(self, _delivery: Delivery) -> str:
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
