"""How dates, ranges, numbers and failures are said, the same in every message."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit
from bot.model import Failure, FailureKind, Window, in_utc, text

LONGEST_NAME = 120

plural = text.plural


def long_range(window: Window) -> str:
    """``2026-01-01 → 2026-02-21, 51 days, end excluded``: so that a misread range shows."""
    return f"{window.start} → {window.end}, {days(window.days)}, end excluded"


def short_range(window: Window) -> str:
    """``Jan 6 → Jan 11``, for lines; half-open like everything here."""
    return window.briefly()


def range_in(window: Window, whole: Window) -> str:
    """As ``short_range``, with years where ``whole`` has days of more than one."""
    is_one_year = whole.start.year == whole.last.year
    return short_range(window) if is_one_year else f"{window.start} → {window.end}"


def days(number: int) -> str:
    """``1 day``, ``51 days``."""
    return plural(number, "day")


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    most, last = parts[:-1], parts[-1:]
    return " and ".join([", ".join(most), *last] if most else last)


def name(text: str) -> str:
    """A name from outside, on one line and no longer than a person reads."""
    return kit.clip(" ".join(text.split()), LONGEST_NAME)


def sentence(text: str, limit: int = 500) -> str:
    """Clipped, on one line, and with a full stop."""
    told = kit.clip(" ".join(text.split()), limit)
    return told if told.endswith((".", "!", "?", "…")) else f"{told}."


def when(at: datetime) -> str:
    """A moment in each reader's own time zone, with UTC where a client cannot do that."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{plain_when(at)}>"


def plain_when(at: datetime) -> str:
    """A moment for plain text: ``2026-02-22 09:00 UTC``, whatever zone it comes in."""
    return in_utc(at)


def failure(seen: Failure) -> str:
    """Why an attempt ended, in plain text; the vendor's words are kept unless they only repeat the kind."""
    said = " ".join(seen.message.split())
    repeats = seen.kind is not FailureKind.APPLICATION and seen.kind.value in said.lower()
    return seen.kind.value if not said or repeats else f"{seen.kind.value}: {kit.clip(said, 300)}"


def amount(number: float) -> str:
    """``950``, ``82K``, ``4.2M``: a number that is reckoned with, no more exactly than that needs."""
    if 0 < number < 1:
        return "under 1"
    if number < 9_999.5:
        return f"{number:,.0f}"
    return f"{number / 1_000:.0f}K" if number < 999_500 else f"{number / 1_000_000:,.1f}M"
