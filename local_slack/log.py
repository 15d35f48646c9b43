"""A numbered log of bounded length, for calls and for deliveries."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

KEPT = 10_000

Entry = TypeVar("Entry")


class Log(Generic[Entry]):
    """Keeps the last `KEPT` entries; numbers start at 1 and are never given twice."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, Entry]] = deque(maxlen=KEPT)
        self.last_id = 0

    def add(self, entry: Entry) -> int:
        self.last_id += 1
        self._entries.append((self.last_id, entry))
        return self.last_id

    def since(self, number: int) -> list[tuple[int, Entry]]:
        """Entries with a higher number than `number`, oldest first."""
        return [(own, entry) for own, entry in self._entries if own > number]

    def clear(self) -> None:
        self._entries.clear()
