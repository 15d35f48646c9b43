"""What counts of one table mean: day by day, and together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.model import DayCount, Window


class Outcome(StrEnum):
    """What can be said of counts; the order of the members is worst first."""

    DIFFERS = "differs"
    NOT_ANSWERED = "not answered"
    # Rows are missing only of days that are still being filled.
    NOT_FINISHED = "not finished"
    # As many rows as expected, of which some may be there twice while others are missing.
    UNPROVEN = "not proven"
    MATCHES = "matches"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one table; ``expected`` is None where there is nothing to compare with.

    ``is_open``: something that runs, or is to be run by an open sequence, fills it.
    """

    day: date
    count: DayCount
    expected: int | None
    is_open: bool = False

    @property
    def difference(self) -> int:
        """Rows too many, negative when rows are missing; 0 where nothing is compared."""
        return 0 if self.expected is None else self.count.final - self.expected

    @property
    def is_unfinished(self) -> bool:
        """Whether rows are missing that may yet arrive."""
        return self.is_open and self.difference < 0


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """One table of one customer: ``days`` holds every day of the range, in order.

    ``source_silent`` says why nothing could be compared although something was to be.
    """

    table: str
    days: tuple[Day, ...]
    source_silent: str = ""

    @property
    def outcome(self) -> Outcome:
        """Duplicates alone do not make it differ: what is counted without them is what was expected."""
        if self.source_silent:
            return Outcome.NOT_ANSWERED
        if self.expected is None:
            return Outcome.NOT_COMPARED
        if self.short or self.over:
            return Outcome.DIFFERS
        if self.unfinished:
            return Outcome.NOT_FINISHED
        return Outcome.MATCHES if self.duplicates_known else Outcome.UNPROVEN

    @property
    def expected(self) -> int | None:
        """Rows the source holds."""
        known = [day.expected for day in self.days if day.expected is not None]
        return sum(known) if len(known) == len(self.days) else None

    @property
    def actual(self) -> int:
        """Rows that arrived, without duplicates."""
        return sum(day.count.final for day in self.days)

    @property
    def duplicates(self) -> int:
        """Rows that are stored once more than needed."""
        return sum(day.count.duplicates for day in self.days)

    @property
    def duplicates_known(self) -> bool:
        """Whether rows that are there twice would show."""
        return all(day.count.duplicates_known for day in self.days)

    @property
    def merging(self) -> int:
        """Stored rows that merge away without being duplicates."""
        return sum(day.count.merging for day in self.days)

    @property
    def difference(self) -> int:
        """Rows too many less rows missing."""
        return sum(day.difference for day in self.days)

    @property
    def differing(self) -> tuple[Day, ...]:
        """Days that are not as expected."""
        return tuple(day for day in self.days if day.difference)

    @property
    def short(self) -> tuple[Day, ...]:
        """Days with rows missing that nothing fills."""
        return tuple(day for day in self.days if day.difference < 0 and not day.is_open)

    @property
    def unfinished(self) -> tuple[Day, ...]:
        """Days with rows missing that may yet arrive."""
        return tuple(day for day in self.days if day.is_unfinished)

    @property
    def over(self) -> tuple[Day, ...]:
        """Days with rows too many."""
        return tuple(day for day in self.days if day.difference > 0)

    @property
    def doubled(self) -> tuple[Day, ...]:
        """Days with duplicates."""
        return tuple(day for day in self.days if day.count.duplicates)

    @property
    def filled(self) -> tuple[Day, ...]:
        """Days with rows."""
        return tuple(day for day in self.days if day.count.final)

    @property
    def empty(self) -> tuple[Day, ...]:
        """Days without rows that the source has, or may have."""
        return tuple(day for day in self.days if not day.count.final and day.expected != 0)

    @property
    def empty_in_source(self) -> tuple[Day, ...]:
        """Days without rows in the source either, which is no fault."""
        return tuple(day for day in self.days if not day.count.final and day.expected == 0)

    def within(self, window: Window) -> "TableVerdict":
        """The same for some of its days."""
        return replace(self, days=tuple(day for day in self.days if window.start <= day.day < window.end))

    def while_filled(self, windows: Iterable[Window]) -> "TableVerdict":
        """The same with the days of these windows still being filled."""
        filled = {day for window in windows for day in window.each_day()}
        return replace(self, days=tuple(replace(day, is_open=day.day in filled) for day in self.days))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A table that could not be counted, and why."""

    table: str
    why: str
    outcome: Outcome = Outcome.NOT_ANSWERED
