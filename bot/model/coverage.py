"""Arithmetic on windows: union, gaps, and cutting a range into windows. No day is lost or counted twice."""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.model import Window
from bot.model.window import ONE_DAY


def union(windows: Iterable[Window], within: Window) -> tuple[Window, ...]:
    """The days of ``within`` that at least one window contains, in order and as the fewest windows."""
    merged: list[Window] = []
    for window in sorted(filter(None, (window.intersection(within) for window in windows))):
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return tuple(merged)


def windows_of(days: Iterable[date]) -> tuple[Window, ...]:
    """These days, in order and as the fewest windows."""
    every = set(days)
    starts = sorted(day for day in every if day - ONE_DAY not in every)
    ends = sorted(after for day in every if (after := day + ONE_DAY) not in every)
    return tuple(map(Window, starts, ends))


def missing(whole: Window, windows: Iterable[Window]) -> tuple[Window, ...]:
    """The days of ``whole`` that no window contains, in order and as the fewest windows."""
    gaps: list[Window] = []
    start = whole.start
    for covered in union(windows, whole):
        if start < covered.start:
            gaps.append(Window(start, covered.start))
        start = covered.end
    if start < whole.end:
        gaps.append(Window(start, whole.end))
    return tuple(gaps)


def cut(window: Window, days: int) -> tuple[Window, ...]:
    """Cut into windows of ``days`` days, in order; the last may be shorter. Raises ValueError if ``days`` < 1."""
    if days < 1:
        raise ValueError(f"a window has at least 1 day, not {days}")
    starts = (window.start + timedelta(days=n) for n in range(0, window.days, days))
    return tuple(Window(start, min(start + timedelta(days=days), window.end)) for start in starts)


def total_days(windows: Iterable[Window]) -> int:
    """How many days the windows have together. They must not overlap: a day of two windows would count twice."""
    return sum(window.days for window in windows)
