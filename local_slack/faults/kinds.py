"""The kinds of faults, and the parameters of each (docs/local-slack.md)."""

from __future__ import annotations

from random import Random
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Fault(BaseModel):
    """Strikes `count` times (null: until a reset). Each time that it could strike, it does so with probability
    `chance`."""

    model_config = ConfigDict(extra="forbid")

    count: Count | None = 1
    chance: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: int = 0
    """Seeds the chance: with the same seed, the fault strikes the same calls of a sequence of calls."""

    _dice: Random = PrivateAttr()

    def model_post_init(self, _context: object) -> None:
        self._dice = Random(self.seed)

    def is_struck(self) -> bool:
        return self.chance >= 1 or self._dice.random() < self.chance


class FaultOfCalls(Fault):
    method: str = "*"
    """A Web API method, `response_url`, or `*` for all."""
    channel: str | None = None
    """Only calls that name this channel, by id or name."""


class RateLimited(FaultOfCalls):
    """HTTP 429 with Retry-After. The call is not carried out."""

    fault: Literal["ratelimited"]
    retry_after: Annotated[int, Field(ge=0, le=3600)] = 1


class HttpError(FaultOfCalls):
    """The error page of a gateway. The call is not carried out."""

    fault: Literal["http_error"]
    status: Literal[500, 502, 503, 504] = 503


class Slow(FaultOfCalls):
    """The call is carried out at once, and answered this many seconds late."""

    fault: Literal["slow"]
    seconds: Annotated[float, Field(gt=0, le=600)]


class LostReply(FaultOfCalls):
    """The call is carried out, but the app does not get its reply: the connection is closed, or the error that
    `answer` names comes instead."""

    fault: Literal["lost_reply"]
    answer: Literal["closed", "http_error", "internal_error", "fatal_error"] = "closed"


class LateEffect(FaultOfCalls):
    """The client gets no reply. The call is carried out this many seconds after the client has closed the
    connection."""

    fault: Literal["late_effect"]
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0


class ApiErrorFault(FaultOfCalls):
    """ok:false with this code. The call is not carried out."""

    fault: Literal["error"]
    code: Annotated[str, Field(min_length=1)]


class TokenRevoked(Fault):
    """The bot token is refused."""

    fault: Literal["token_revoked"]
    count: Count | None = None


class DeadResponseUrl(Fault):
    """The next uses of response_urls are refused, as if the URLs had expired or were used up."""

    fault: Literal["dead_response_url"]
    why: Literal["expired_url", "used_url"] = "expired_url"


class NoPong(Fault):
    """Pings of the client stay unanswered."""

    fault: Literal["no_pong"]


class RefuseHandshake(Fault):
    """The next handshakes of sockets are refused. Their URLs stay valid for another try."""

    fault: Literal["refuse_handshake"]


class Duplicate(Fault):
    """The next deliveries are sent twice."""

    fault: Literal["duplicate_envelope"]
    again: Literal["next_socket", "same_socket", "after_reconnect"] = "next_socket"


class LateDelivery(Fault):
    """The next deliveries are sent this many seconds late."""

    fault: Literal["late_delivery"]
    seconds: Annotated[float, Field(gt=0, le=600)] = 3.5


class OutOfOrder(Fault):
    """Each of the next deliveries waits until another delivery has been sent, or until ``seconds`` have passed."""

    fault: Literal["out_of_order"]
    seconds: Annotated[float, Field(gt=0, le=600)] = 2.0


class LostAck(Fault):
    """Acks of the next deliveries are lost: people see a failure, and events are retried."""

    fault: Literal["lost_ack"]


class BadSignature(Fault):
    """The next requests are signed with another secret."""

    fault: Literal["bad_signature"]


class ClockSkew(Fault):
    """The next requests are signed with a timestamp that is off by this many seconds."""

    fault: Literal["clock_skew"]
    seconds: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = -301


class RetryHeaders(Fault):
    """The next requests have the headers of a retry, although they are no retries."""

    fault: Literal["retry_headers"]
    number: Annotated[int, Field(ge=1, le=3)] = 1
    reason: Literal[
        "http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error"
    ] = "http_timeout"


class Disconnect(BaseModel):
    """Asks every open socket to disconnect, at once."""

    model_config = ConfigDict(extra="forbid")

    fault: Literal["disconnect"]
    reason: Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"] = "refresh_requested"


class Abort(BaseModel):
    """Aborts the TCP connection of every open socket, at once."""

    model_config = ConfigDict(extra="forbid")

    fault: Literal["abort"]


class ChannelState(BaseModel):
    """Archives the channel or removes the bot from it, at once. `removed_private` also makes it private. `open`
    undoes each of these."""

    model_config = ConfigDict(extra="forbid")

    fault: Literal["channel"]
    channel: str
    state: Literal["archived", "removed", "removed_private", "open"]


class DeleteMessage(BaseModel):
    """Deletes this message, at once."""

    model_config = ConfigDict(extra="forbid")

    fault: Literal["delete_message"]
    channel: str
    ts: str


CallFault = RateLimited | HttpError | Slow | LostReply | LateEffect | ApiErrorFault
CountedFault = (
    TokenRevoked
    | DeadResponseUrl
    | NoPong
    | RefuseHandshake
    | Duplicate
    | LateDelivery
    | OutOfOrder
    | LostAck
    | BadSignature
    | ClockSkew
    | RetryHeaders
)
ImmediateFault = Disconnect | Abort | ChannelState | DeleteMessage
AnyFault = CallFault | CountedFault | ImmediateFault
