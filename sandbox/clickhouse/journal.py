"""The latest statements that a server has received. Tests read them to check what a client has really sent."""

from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sandbox.clickhouse.request import Request

KEPT = 1000


@dataclass(frozen=True)
class Entry:
    """One statement and its outcome; `at` is ISO 8601 in UTC, `error` is empty when it went well."""

    id: int
    at: str
    query_id: str
    user: str
    database: str
    statement: str
    format: str
    parameters: dict[str, str]
    settings: dict[str, str]
    elapsed_ms: float
    error: str
    read_rows: int


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._last_id = 0

    def add(self, request: Request, began: datetime, ended: datetime, error: str, read_rows: int) -> None:
        self._last_id += 1
        self._entries.append(
            Entry(
                id=self._last_id,
                at=began.isoformat(),
                query_id=request.query_id,
                user=request.user,
                database=request.database,
                statement=request.statement,
                format=request.format,
                parameters=dict(request.parameters),
                settings=dict(request.settings),
                elapsed_ms=round((ended - began).total_seconds() * 1000, 3),
                error=error,
                read_rows=read_rows,
            )
        )

    def since(self, last_id: int) -> list[dict[str, Any]]:
        """Returns the entries after `last_id`, oldest first."""
        return [asdict(entry) for entry in self._entries if entry.id > last_id]
