"""What counts mean: per table and day, per customer, per cluster. No day of the range is left out of a verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.fleet.coverage import missing, union
from bot.model import DayCount, Window

NOTHING = DayCount(raw=0, final=0)


class Outcome(StrEnum):
    """What can be said of counts; the order of the members is worst first."""

    DIFFERS = "differs"
    NOT_ANSWERED = "not answered"
    MATCHES = "matches"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one table; ``expected`` is None where there is nothing to compare with."""

    day: date
    count: DayCount
    expected: int | None

    @property
    def difference(self) -> int:
        """Rows too many, negative when rows are missing; 0 where nothing is compared."""
        return 0 if self.expected is None else self.count.final - self.expected


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
        return Outcome.DIFFERS if self.differing else Outcome.MATCHES

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
    def difference(self) -> int:
        """Rows too many less rows missing."""
        return sum(day.difference for day in self.days)

    @property
    def differing(self) -> tuple[Day, ...]:
        """Days that are not as expected."""
        return tuple(day for day in self.days if day.difference)

    @property
    def short(self) -> tuple[Day, ...]:
        """Days with rows missing."""
        return tuple(day for day in self.days if day.difference < 0)

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


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A table that could not be counted, and why."""

    table: str
    why: str
    outcome: Outcome = Outcome.NOT_ANSWERED


@dataclass(frozen=True, slots=True)
class Group:
    """Days to be judged together: the window of a run, or days that no run was for."""

    window: Window
    has_run: bool


@dataclass(frozen=True, slots=True)
class CustomerVerdict:
    """All tables of one customer; ``groups`` are set where a breakdown by window was asked for.

    ``running`` are the windows of runs that are still open, where that may be why it differs.
    """

    cluster: str
    customer: str
    tables: tuple[TableVerdict | Unanswered, ...]
    groups: tuple[Group, ...] = ()
    running: tuple[Window, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst of its tables; one table that matches outweighs others that nothing is compared with."""
        found = {table.outcome for table in self.tables}
        return next(outcome for outcome in Outcome if outcome in found)

    @property
    def counted(self) -> tuple[TableVerdict, ...]:
        """Tables with counts."""
        return tuple(table for table in self.tables if isinstance(table, TableVerdict))

    @property
    def unanswered(self) -> tuple[Unanswered, ...]:
        """Tables without."""
        return tuple(table for table in self.tables if isinstance(table, Unanswered))

    @property
    def duplicates(self) -> int:
        """Duplicates in all its tables."""
        return sum(table.duplicates for table in self.counted)

    @property
    def is_without_rows(self) -> bool:
        """Whether neither the source nor any table holds a row: nothing was to be done."""
        return bool(self.tables) and all(
            isinstance(table, TableVerdict) and table.expected == 0 and table.actual == 0 for table in self.tables
        )


@dataclass(frozen=True, slots=True)
class ClusterVerdict:
    """All customers asked about on one cluster, in the configured order.

    ``unasked`` are those left out once the cluster had stopped answering, which ``silent`` tells the reason of, or
    once there was no time left.
    ``runs_silent`` says why the windows of runs are not known, where they were asked for.
    """

    cluster: str
    customers: tuple[CustomerVerdict, ...]
    unasked: tuple[str, ...] = ()
    silent: str = ""
    runs_silent: str = ""


def judge(
    table: str, window: Window, counts: Mapping[date, DayCount], expected: Mapping[date, int] | None
) -> TableVerdict:
    """``expected`` is None where nothing is to be compared; a day absent from a mapping has no rows."""
    days = (
        Day(day, counts.get(day, NOTHING), None if expected is None else expected.get(day, 0))
        for day in window.each_day()
    )
    return TableVerdict(table, tuple(days))


def ranges(days: Iterable[Day]) -> tuple[Window, ...]:
    """These days as the fewest windows, in order."""
    single = [Window.of_days(day.day, 1) for day in days]
    return union(single, Window(min(single).start, max(single).end)) if single else ()


def groups(whole: Window, runs: Iterable[Window]) -> tuple[Group, ...]:
    """The days of ``whole`` by the windows of runs, then the rest of them.

    A run over all of it makes no group beside others: that would say nothing that the total does not.
    """
    inside = {part for run in runs if (part := run.intersection(whole))}
    parts = inside - {whole}
    rest = (Group(window, has_run=whole in inside) for window in missing(whole, parts))
    told = [*(Group(window, has_run=True) for window in parts), *rest]
    return tuple(sorted(told, key=lambda group: (group.window, group.has_run)))
