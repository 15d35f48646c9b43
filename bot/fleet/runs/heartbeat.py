"""Reads the details of a heartbeat: how far the copy is, as text and as a share of the whole."""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from bot.model.execution import ENCRYPTED
from bot.redaction import redact_line
from bot.wellformed import well_formed

# How long a closed run may still write if its heartbeat timeout is unknown: a common timeout.
UNSEEN_REST = timedelta(minutes=1)
# In characters. Details may have megabytes, which fit into no message.
LONGEST = 120
# The text that ``_in_words`` makes of a day, rows and a total.
_REACHED = re.compile(r"day (?P<day>[0-9-]{10}), (?P<rows>[0-9,]{1,30}) of (?P<total>[0-9,]{1,30}) rows")
# The digest that distinguishes details which are too long to show. It means nothing to people.
_DIGEST = re.compile(r": sha256 [0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Progress:
    """``text`` is "" if the heartbeat has no details, or if they are encrypted as a whole (``is_encrypted``).
    ``share`` is between 0 and 1; None if it is unknown."""

    text: str = ""
    share: float | None = None
    is_encrypted: bool = False

    @classmethod
    def of(cls, details: str) -> Self:
        """Read canonical JSON. ``{"day", "rows", "total"}`` becomes words; everything else is only clipped."""
        if not details:
            return cls()
        try:
            value = json.loads(details)
        except ValueError:
            return cls(_clip(details))
        if value == ENCRYPTED or (isinstance(value, list) and value and set(map(str, value)) == {ENCRYPTED}):
            return cls(is_encrypted=True)
        if not isinstance(value, dict):
            return cls(_clip(value if isinstance(value, str) else details))
        rows, total = _count(value.get("rows")), _count(value.get("total"))
        text = _in_words(value.get("day"), rows, total)
        share = min(rows / total, 1.0) if rows is not None and total else None
        return cls(_clip(text or details), share)


@dataclass(frozen=True, slots=True, order=True)
class Reached:
    """How far an attempt came, read from the text of a ``Progress``: the day that it had reached, and the ``rows``
    done of ``total`` rows."""

    rows: int
    total: int
    day: date

    @classmethod
    def of(cls, text: str) -> Self | None:
        """How far the text says that an attempt came; None unless it has a day, rows, and a total above 0."""
        parts = _REACHED.fullmatch(text)
        if not parts:
            return None
        try:
            day = date.fromisoformat(parts["day"])
        except ValueError:
            return None
        rows, total = (int(parts[name].replace(",", "")) for name in ("rows", "total"))
        return cls(rows, total, day) if total else None


def _in_words(day: Any, rows: int | None, total: int | None) -> str:
    parts = [f"day {day}"] if isinstance(day, str) and day else []
    if rows is not None:
        parts.append(f"{rows:,} of {total:,} rows" if total else f"{rows:,} rows")
    return ", ".join(parts)


def _count(value: Any) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # The bound excludes infinity, which Python accepts in JSON.
    return int(value) if is_number and 0 <= value < 10**18 else None


def _clip(text: str) -> str:
    # Secrets are redacted here, because an escape in JSON becomes a character, and maybe part of a secret, only when
    # it is decoded.
    return redact_line(_DIGEST.sub("", well_formed(text)), LONGEST)
