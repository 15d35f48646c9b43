"""A window is a half-open range of whole days. All ranges of dates in the bot are windows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """The days from ``start`` up to and excluding ``end``. Raises ValueError when there are none."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a window ends after it starts, not {self.start} to {self.end}")

    @classmethod
    def of_days(cls, start: date, days: int) -> Self:
        """The window of ``days`` days that begins at ``start``."""
        return cls(start, start + timedelta(days=days))

    @property
    def days(self) -> int:
        """The number of days, at least 1."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day, which is the day before ``end``."""
        return self.end - ONE_DAY

    def each_day(self) -> Iterator[date]:
        """The days in order."""
        return map(date.fromordinal, range(self.start.toordinal(), self.end.toordinal()))

    def contains(self, other: "Window") -> bool:
        """Whether every day of ``other`` is a day of this window."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Window") -> "Window | None":
        """The days that both have; None when there are none."""
        if other.contains(self):
            return self
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start < end else None

    def briefly(self) -> str:
        """The days as people say them, the last one included: ``Jan 6–10``, ``Jan 30–Feb 2``, ``Jan 7``. Years
        appear only if the days span two of them."""
        if self.start.year != self.last.year:
            return self.with_year()
        return self._spoken()

    def with_year(self) -> str:
        """As ``briefly``, with the year: ``Jan 6–10, 2026``, ``Dec 30, 2025–Jan 2, 2026``."""
        if self.start.year != self.last.year:
            return "–".join(f"{_spoken_day(day)}, {day.year}" for day in (self.start, self.last))
        return f"{self._spoken()}, {self.start.year}"

    def _spoken(self) -> str:
        first, last = self.start, self.last
        if first == last:
            return _spoken_day(first)
        return f"{_spoken_day(first)}–{last.day if first.month == last.month else _spoken_day(last)}"

    def __str__(self) -> str:
        """The form that people type, end excluded: ``2026-01-01..2026-02-21``."""
        return f"{self.start}..{self.end}"


def _spoken_day(day: date) -> str:
    return f"{day:%b} {day.day}"
