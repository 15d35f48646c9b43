"""For a customer with days missing: since when nothing has run, and why. The reason is how an earlier run ended."""

from datetime import datetime

from bot.blocks import doubts, kit, words
from bot.fleet.status.last_end import LastEnd
from bot.model import ExecutionStatus, duration_text

LONGEST_WHY = 200
_BY_A_PERSON = (ExecutionStatus.CANCELLED, ExecutionStatus.TERMINATED)


def sentence(since: datetime | None, end: LastEnd | None, now: datetime) -> str:
    """``Nothing has run for 1 h; Jan 1–10 completed, and no run followed.``"""
    lead = f"Nothing has run for {duration_text(now - since)}" if since else "Nothing runs"
    return f"{lead}; {_ended(end)}." if end else f"{lead}."


def _ended(end: LastEnd) -> str:
    """``the full-range run was terminated: node drained``."""
    if end.status is ExecutionStatus.COMPLETED:
        days = words.short_range(end.days) if end.days else "the full-range run"
        return f"{days} completed, and no run followed"
    label = "the last run" if end.days else "the full-range run"
    why, is_by_person = doubts.failure(end.causes), end.status in _BY_A_PERSON
    reason = f": {kit.clip(why, LONGEST_WHY)}" if why else ", by whom is not known" if is_by_person else ""
    verb = "was " if is_by_person else "is " if end.status is ExecutionStatus.GONE else ""
    return f"{label} {verb}{end.status.value}{reason}".removesuffix(".")
