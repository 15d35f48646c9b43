"""One delivery to the bot: what it tells, by which way it went, and what came of it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from local_slack.errors import Json


class DeliveryKind(StrEnum):
    SLASH = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


class DeliveryError(StrEnum):
    TIMEOUT = "operation_timeout"
    """No ack within three seconds."""
    DISPATCH = "dispatch_failed"
    """Nobody to send it to, or an ack that cannot be shown."""


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
    """Why the ack's own message could not be shown, in the gate's words."""
    faults: list[str] = field(default_factory=list)
    """The faults that struck it, but for those of calls."""
    is_last: bool = False
    """The bot has asked for no repetition."""

    def to_json(self) -> Json:
        return asdict(self)


class Way(Protocol):
    """How deliveries reach the bot."""

    async def carry(self, delivery: Delivery) -> None:
        """Send it once and write down what came of it; the ack is waited for as long as Slack does."""

    def reason(self, delivery: Delivery) -> str:
        """Why a delivery without an ack comes again, in this way's words."""
