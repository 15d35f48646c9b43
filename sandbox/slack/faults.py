"""Faults that can be switched on: what they are, how they are asked for, and how many are left."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sandbox.slack.errors import ControlError, Json

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: Count | None = 1
    """How many times it strikes; null means until a reset."""


class _CallFault(_Fault):
    method: str = "*"
    """A Web API method, `response_url`, or `*` for all."""
    channel: str | None = None
    """Only calls that name this channel, by id or name."""


class RateLimited(_CallFault):
    """HTTP 429 with Retry-After; nothing happens."""

    fault: Literal["ratelimited"]
    retry_after: Annotated[int, Field(ge=0, le=3600)] = 1


class HttpError(_CallFault):
    """A gateway's error page; nothing happens."""

    fault: Literal["http_error"]
    status: Literal[500, 502, 503, 504] = 503


class Slow(_CallFault):
    """The call is carried out and answered this many seconds late."""

    fault: Literal["slow"]
    seconds: Annotated[float, Field(gt=0, le=600)]


class LostReply(_CallFault):
    """The call is carried out, then the connection is closed without an answer."""

    fault: Literal["lost_reply"]


class ApiErrorFault(_CallFault):
    """ok:false with this code; nothing happens."""

    fault: Literal["error"]
    code: Annotated[str, Field(min_length=1)]


class Disconnect(_Fault):
    """Every open socket is told to go, now."""

    fault: Literal["disconnect"]
    reason: Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"] = "refresh_requested"


class Abort(_Fault):
    """Every open socket's TCP connection is aborted, now."""

    fault: Literal["abort"]


class NoPong(_Fault):
    """Pings of the client stay unanswered."""

    fault: Literal["no_pong"]


class RefuseHandshake(_Fault):
    """The next handshakes of sockets are refused; their tickets stay good."""

    fault: Literal["refuse_handshake"]


class DuplicateEnvelope(_Fault):
    """The next deliveries are sent twice, on two sockets if there are two."""

    fault: Literal["duplicate_envelope"]


CallFault = RateLimited | HttpError | Slow | LostReply | ApiErrorFault
SocketFault = NoPong | RefuseHandshake | DuplicateEnvelope
Immediate = Disconnect | Abort
AnyFault = CallFault | SocketFault | Immediate

_REQUEST: TypeAdapter[AnyFault] = TypeAdapter(Annotated[AnyFault, Field(discriminator="fault")])
_Kind = TypeVar("_Kind", NoPong, RefuseHandshake, DuplicateEnvelope)


def parse_fault(body: Json) -> AnyFault:
    """A fault from the control API's JSON; whatever is not understood is refused with its reason."""
    try:
        return _REQUEST.validate_python(body)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "fault"
        raise ControlError(f"{where}: {first['msg']}") from exc


class Faults:
    """The faults that are on, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[CallFault | SocketFault] = []

    def add(self, fault: CallFault | SocketFault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def listed(self) -> list[Json]:
        return [fault.model_dump() for fault in self._faults]

    def strike_call(self, method: str, channels: frozenset[str]) -> CallFault | None:
        """The fault that strikes this call, if any, counted down. `channels`: the names it goes by."""
        for fault in self._faults:
            if not isinstance(fault, _CallFault) or fault.method not in ("*", method):
                continue
            if fault.channel is None or fault.channel.lstrip("#") in channels:
                self._count_down(fault)
                return fault
        return None

    def strike(self, kind: type[_Kind]) -> _Kind | None:
        for fault in self._faults:
            if isinstance(fault, kind):
                self._count_down(fault)
                return fault
        return None

    def _count_down(self, fault: CallFault | SocketFault) -> None:
        if fault.count is None:
            return
        fault.count -= 1
        if fault.count == 0:
            self._faults = [other for other in self._faults if other is not fault]
