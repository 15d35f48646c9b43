"""How dates, ranges, numbers and failures are said, the same in every message."""

from datetime import datetime

from bot.blocks import kit
from bot.model import Failure, FailureKind, Window


def long_range(window: Window) -> str:
    """``2026-01-01 → 2026-02-21, 51 days, end excluded``: so that a misread range shows."""
    return f"{window.start} → {window.end}, {days(window.days)}, end excluded"


def short_range(window: Window) -> str:
    """``Jan 6 → Jan 11``, for lines; half-open like everything here."""
    return f"{window.start:%b} {window.start.day} → {window.end:%b} {window.end.day}"


def days(number: int) -> str:
    """``1 day``, ``51 days``."""
    return plural(number, "day")


def plural(number: int, noun: str) -> str:
    """A number with its noun, thousands separated."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def when(at: datetime) -> str:
    """A moment in each reader's own time zone, with UTC where a client cannot do that."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{plain_when(at)}>"


def plain_when(at: datetime) -> str:
    """A moment for plain text: ``2026-02-22 09:00 UTC``."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


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
