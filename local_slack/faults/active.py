"""Active faults: parses them, decides which one strikes, and counts them down."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from local_slack.errors import ControlError, Json
from local_slack.faults.kinds import (
    AnyFault,
    CallFault,
    CountedFault,
    Fault,
    FaultOfCalls,
    ImmediateFault,
)

_REQUEST: TypeAdapter[AnyFault] = TypeAdapter(Annotated[AnyFault, Field(discriminator="fault")])
_Kind = TypeVar("_Kind", bound=Fault)

ActiveFault = CallFault | CountedFault


def parse_fault(body: Json) -> ActiveFault | ImmediateFault:
    """Parses a fault from the control API's JSON. Raises ControlError with the reason."""
    try:
        return _REQUEST.validate_python(body)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "fault"
        raise ControlError(f"{where}: {first['msg']}") from exc


class Faults:
    """The active faults, oldest first."""

    def __init__(self) -> None:
        self._faults: list[ActiveFault] = []

    def add(self, fault: ActiveFault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def to_json(self) -> list[Json]:
        return [fault.model_dump() for fault in self._faults]

    def strike_call(self, method: str, channels: frozenset[str]) -> CallFault | None:
        """Returns the first fault that strikes this call, and counts it down; None if none does.

        `channels` are the id and the name of the call's channel.
        """
        for fault in self._faults:
            if not isinstance(fault, FaultOfCalls) or fault.method not in ("*", method):
                continue
            if fault.channel is not None and fault.channel.lstrip("#") not in channels:
                continue
            if fault.is_struck():
                self._count_down(fault)
                return fault
        return None

    def strike(self, kind: type[_Kind]) -> _Kind | None:
        """Returns the first fault of this kind that strikes, and counts it down; None if none does."""
        for fault in self._faults:
            if isinstance(fault, kind) and fault.is_struck():
                self._count_down(fault)
                return fault
        return None

    def _count_down(self, fault: Fault) -> None:
        if fault.count is None:
            return
        fault.count -= 1
        if fault.count == 0:
            self._faults = [other for other in self._faults if other is not fault]
