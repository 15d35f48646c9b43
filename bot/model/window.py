"""Window: a half-open range of whole days, the one way dates travel through the bot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """Days from ``start`` up to, and without, ``end``; never empty (ValueError)."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a window ends after it starts, not {self.start} to {self.end}")

    @classmethod
    def of_days(cls, start: date, days: int) -> Self:
        """The window of ``days`` whole days that begins at ``start``."""
        return cls(start, start + timedelta(days=days))

    @property
    def days(self) -> int:
        """Number of days in it, at least 1."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day, the one before ``end``."""
        return self.end - ONE_DAY

    def each_day(self) -> Iterator[date]:
        """Its days in order."""
        return (self.start + timedelta(days=n) for n in range(self.days))

    def contains(self, other: "Window") -> bool:
        """Whether every day of ``other`` is a day of this window."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Window") -> "Window | None":
        """The days both have, or None."""
        if other.contains(self):
            return self
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Window(start, end) if start < end else None

    def briefly(self) -> str:
        """``Jan 6 → Jan 11``, for lines; half-open as well."""
        return f"{self.start:%b} {self.start.day} → {self.end:%b} {self.end.day}"

    def __str__(self) -> str:
        """As typed: ``2026-01-01..2026-02-21``, end excluded."""
        return f"{self.start}..{self.end}"
