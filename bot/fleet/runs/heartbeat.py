"""What the details of a heartbeat tell: how far the copy is, as text and as a share of the whole."""

import json
from dataclasses import dataclass
from typing import Any, Self

from bot.redaction import redact_line
from bot.wellformed import well_formed

# Details can be anything up to megabytes; a line of a message cannot.
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Progress:
    """``text`` is "" when nothing was told; ``share`` is between 0 and 1, None when it cannot be told."""

    text: str = ""
    share: float | None = None

    @classmethod
    def of(cls, details: str) -> Self:
        """Read canonical JSON: ``{"day", "rows", "total"}`` in words, anything else compact and clipped."""
        try:
            told = json.loads(details)
        except ValueError:
            return cls(_clip(details))
        if not isinstance(told, dict):
            return cls(_clip(told if isinstance(told, str) else details))
        rows, total = _count(told.get("rows")), _count(told.get("total"))
        text = _in_words(told.get("day"), rows, total)
        share = min(rows / total, 1.0) if rows is not None and total else None
        return cls(_clip(text or details), share)


def _in_words(day: Any, rows: int | None, total: int | None) -> str:
    parts = [f"day {day}"] if isinstance(day, str) and day else []
    if rows is not None:
        parts.append(f"{rows:,} of {total:,} rows" if total else f"{rows:,} rows")
    return ", ".join(parts)


def _count(value: Any) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Rules out infinities, which JSON as Python reads it may hold.
    return int(value) if is_number and 0 <= value < 10**18 else None


def _clip(text: str) -> str:
    # What JSON writes as an escape is only now a character.
    return redact_line(well_formed(text), LONGEST)
