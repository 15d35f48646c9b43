"""Durations: parse what people type (``90s``, ``30m``, ``2h``, ``1d``), and format them (``2 h 15 m``)."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s{0,9}([smhd])")
LONGEST = timedelta(days=3650)


def parse_duration(text: str) -> timedelta:
    """Parse one or more pairs of number and unit, such as ``1h30m``.

    Raises ValueError for any other text, for zero, and for more than ten years.
    """
    compact = text.strip().lower()
    parts = _PART.findall(compact)
    if not parts or _PART.sub("", compact).strip():
        raise ValueError(f"{text!r} is not a duration such as 90s, 30m, 2h or 1d")
    seconds = sum(timedelta(**{_UNITS[unit]: 1}).total_seconds() * float(n) for n, unit in parts)
    # A timedelta counts whole microseconds.
    if seconds > LONGEST.total_seconds() or not (span := timedelta(seconds=seconds)):
        raise ValueError(f"{text!r} is not between 1 second and 10 years")
    return span


def duration_text(span: timedelta) -> str:
    """Format with at most two units, rounded down: ``45 s``, ``2 h 15 m``, ``3 d 4 h``."""
    seconds = max(0, int(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s")]
    first = next((i for i, (n, _) in enumerate(parts) if n), len(parts) - 1)
    return " ".join(f"{n} {unit}" for i, (n, unit) in enumerate(parts[first : first + 2]) if n or i == 0)
