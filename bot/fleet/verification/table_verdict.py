"""The verdict on one table of one customer: the counts of each day, and what all of them prove."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.model import DayCount, Window


class Outcome(StrEnum):
    """What the counts prove. The worst comes first."""

    DIFFERS = "differs"
    # There are as many rows as expected, and on some days they are not the same.
    CONTENTS_DIFFER = "contents differ"
    NOT_ANSWERED = "not answered"
    # All days that are not as expected are still being filled.
    NOT_FINISHED = "not finished"
    # There are as many rows as expected, but duplicates cannot be counted, so they may hide missing rows.
    UNPROVEN = "not proven"
    MATCHES = "matches"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one table. ``expected`` are the rows of the source, None if there is nothing to compare with;
    ``expected_checksum`` is None if contents are not compared.

    ``is_open``: an open run fills the day, or an open sequence has still to run it.
    """

    day: date
    count: DayCount
    expected: int | None
    is_open: bool = False
    expected_checksum: int | None = None

    @property
    def difference(self) -> int:
        """Surplus rows, negative if rows are missing; 0 if nothing is compared."""
        return 0 if self.expected is None else self.count.final - self.expected

    @property
    def contents_agree(self) -> bool | None:
        """If there are as many rows as expected, whether they have the same contents. None if the numbers differ, or
        if contents are not compared."""
        if self.expected_checksum is None or self.count.checksum is None or self.difference:
            return None
        return self.count.checksum == self.expected_checksum

    @property
    def differs(self) -> bool:
        """Whether the rows, or their contents, are not those of the source."""
        return bool(self.difference) or self.contents_agree is False

    @property
    def is_unfinished(self) -> bool:
        """Whether rows are missing, or have other contents, and a run may still write them."""
        return self.is_open and self.differs and self.difference <= 0


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """One table of one customer. ``days`` has every day of the range, in order.

    ``source_silent`` is the reason if the table has to be compared with the source and the source did not answer.
    """

    table: str
    days: tuple[Day, ...]
    source_silent: str = ""

    @property
    def outcome(self) -> Outcome:
        """The verdict. Duplicates alone do not make a table differ, because rows are compared without them."""
        if self.source_silent:
            return Outcome.NOT_ANSWERED
        if self.expected is None:
            return Outcome.NOT_COMPARED
        differing = self.differing
        if any(day.difference > 0 or (day.difference and not day.is_open) for day in differing):
            return Outcome.DIFFERS
        if any(not day.is_open for day in differing):
            return Outcome.CONTENTS_DIFFER
        if differing:
            return Outcome.NOT_FINISHED
        return Outcome.MATCHES if self.duplicates_known else Outcome.UNPROVEN

    @property
    def expected(self) -> int | None:
        """The rows in the source; None if nothing is compared."""
        expected = [day.expected for day in self.days if day.expected is not None]
        return sum(expected) if len(expected) == len(self.days) else None

    @property
    def actual(self) -> int:
        """Rows in the table, without duplicates."""
        return sum(day.count.final for day in self.days)

    @property
    def duplicates(self) -> int:
        """Surplus copies of rows."""
        return sum(day.count.duplicates for day in self.days)

    @property
    def duplicates_known(self) -> bool:
        """Whether duplicates can be counted on every day."""
        return all(day.count.duplicates_known for day in self.days)

    @property
    def merging(self) -> int:
        """Stored rows that will disappear when ClickHouse merges parts, and are no duplicates."""
        return sum(day.count.merging for day in self.days)

    @property
    def difference(self) -> int:
        """Surplus rows minus missing rows."""
        return sum(day.difference for day in self.days)

    @property
    def differing(self) -> tuple[Day, ...]:
        """Days whose rows, or their contents, differ from the source."""
        return tuple(day for day in self.days if day.differs)

    @property
    def other_contents(self) -> tuple[Day, ...]:
        """Days with as many rows as the source, and other contents."""
        return tuple(day for day in self.days if day.contents_agree is False)

    @property
    def contents_match(self) -> bool:
        """Whether the contents of each day with rows are those of the source."""
        return bool(self.filled) and all(day.contents_agree for day in self.filled)

    @property
    def contents_never_agree(self) -> bool:
        """Whether contents were compared on several days and agree on none: probably they are not hashed alike."""
        compared = [day.contents_agree for day in self.days if day.contents_agree is not None]
        return len(compared) > 1 and not any(compared)

    @property
    def short(self) -> tuple[Day, ...]:
        """Days with missing rows that no run is filling."""
        return tuple(day for day in self.days if day.difference < 0 and not day.is_open)

    @property
    def unfinished(self) -> tuple[Day, ...]:
        """Days with missing rows, or other contents, that a run may still write."""
        return tuple(day for day in self.days if day.is_unfinished)

    @property
    def over(self) -> tuple[Day, ...]:
        """Days with surplus rows."""
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
        """Days without rows, for which the source has rows or may have some."""
        return tuple(day for day in self.days if not day.count.final and day.expected != 0)

    @property
    def empty_in_source(self) -> tuple[Day, ...]:
        """Days without rows here and in the source, which is right."""
        return tuple(day for day in self.days if not day.count.final and day.expected == 0)

    def within(self, window: Window) -> "TableVerdict":
        """The verdict on the days of ``window`` alone."""
        return replace(self, days=tuple(day for day in self.days if window.start <= day.day < window.end))

    def while_filled(self, windows: Iterable[Window]) -> "TableVerdict":
        """The verdict, given that the days of these windows are still being filled."""
        filled = {day for window in windows for day in window.each_day()}
        return replace(self, days=tuple(replace(day, is_open=day.day in filled) for day in self.days))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A table that could not be counted, and the reason."""

    table: str
    why: str
    outcome: Outcome = Outcome.NOT_ANSWERED
