"""Bounded, numbered logs of calls and deliveries, with tokens redacted."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from local_slack.errors import Json

KEPT = 10_000

Entry = TypeVar("Entry")


class Log(Generic[Entry]):
    """Keeps the last `KEPT` entries. Numbers start at 1 and never repeat."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, Entry]] = deque(maxlen=KEPT)
        self.last_id = 0

    def add(self, entry: Entry) -> int:
        self.last_id += 1
        self._entries.append((self.last_id, entry))
        return self.last_id

    def since(self, number: int) -> list[tuple[int, Entry]]:
        """Returns the entries above `number`, oldest first."""
        return [(own, entry) for own, entry in self._entries if own > number]

    def clear(self) -> None:
        self._entries.clear()


_TOKEN = re.compile(r"\b(xox[a-z]|xapp)-[\w-]+")
_TICKET = re.compile(r"(ticket=)[\w-]+")


@dataclass(frozen=True)
class Call:
    method: str
    arguments: Json
    at: str
    status: int | None
    """The HTTP status; None when the connection was closed without an answer."""
    reply: Any
    duration_ms: float
    fault: str | None


class Calls:
    def __init__(self) -> None:
        self._log: Log[Call] = Log()

    def add(self, call: Call) -> None:
        self._log.add(call)

    def since(self, number: int) -> Json:
        entries = [{"id": own, **_redacted(asdict(call))} for own, call in self._log.since(number)]
        return {"calls": entries, "last_id": self._log.last_id}

    def clear(self) -> None:
        self._log.clear()


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return _TICKET.sub(r"\1…", _TOKEN.sub(r"\1-…", value))
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {name: _redacted(item) for name, item in value.items()}
    return value
