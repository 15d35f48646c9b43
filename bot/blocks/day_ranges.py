"""How days are named in verdicts: ``Jan 7``, ``Jan 7–9``, ``Jan 30 – Feb 2``; both ends are among them."""

from collections.abc import Sequence
from datetime import date

from bot.model import Window


def named_days(window: Window, whole: Window) -> str:
    """The days of ``window``, with their year where ``whole`` has days of more than one."""
    if window.days == 1:
        return _day(window.start, whole)
    same_month = (window.start.year, window.start.month) == (window.last.year, window.last.month)
    if same_month and not _spans_years(whole):
        return f"{_day(window.start, whole)}–{window.last.day}"
    return f"{_day(window.start, whole)} – {_day(window.last, whole)}"


def all_days(windows: Sequence[Window], whole: Window, limit: int) -> str:
    """The first ``limit`` of these ranges, and how many days more there are."""
    shown = ", ".join(named_days(window, whole) for window in windows[:limit])
    hidden = sum(window.days for window in windows[limit:])
    return f"{shown} and {hidden:,} more {'day' if hidden == 1 else 'days'}" if hidden else shown


def _day(day: date, whole: Window) -> str:
    return f"{day:%b} {day.day}, {day.year}" if _spans_years(whole) else f"{day:%b} {day.day}"


def _spans_years(whole: Window) -> bool:
    return whole.start.year != whole.last.year
