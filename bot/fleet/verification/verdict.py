"""Verdicts on customers and clusters, and the result of ``verify``. A verdict is on all days of the range."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.commands import Breakdown
from bot.fleet.name_lookup import Target
from bot.fleet.runs.open_work import OpenWorkNote
from bot.fleet.verification.narrowing import Narrowing
from bot.fleet.verification.table_verdict import Day, Outcome, TableVerdict, Unanswered
from bot.model import DayCount, ExpectedDay, Window
from bot.model.coverage import missing, union, windows_of

__all__ = [
    "ClusterVerdict",
    "CustomerVerdict",
    "Day",
    "Group",
    "Outcome",
    "TableVerdict",
    "Unanswered",
    "VerifyResult",
    "groups",
    "judge",
    "ranges",
]

NOTHING = DayCount(raw=0, final=0)
NO_ROWS = ExpectedDay(rows=0)


@dataclass(frozen=True, slots=True)
class Group:
    """Days that share a line in a breakdown: the window of a run, or days between runs."""

    window: Window
    has_run: bool


@dataclass(frozen=True, slots=True)
class CustomerVerdict:
    """The verdict on all tables of one customer. ``groups`` are for a breakdown by window.

    Three fields are set only if a table is not as expected: ``running`` are the windows of open runs, ``ending`` the
    windows of open runs that are being cancelled, and ``to_come`` the days that an open sequence has still to run.
    ``is_recorded`` is False if the store did not take what the count proves.
    """

    cluster: str
    customer: str
    tables: tuple[TableVerdict | Unanswered, ...]
    groups: tuple[Group, ...] = ()
    running: tuple[Window, ...] = ()
    to_come: tuple[Window, ...] = ()
    ending: tuple[Window, ...] = ()
    is_recorded: bool = True

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its tables. Tables that are not compared count only if no table is compared."""
        outcomes = {table.outcome for table in self.tables}
        return next(outcome for outcome in Outcome if outcome in outcomes)

    @property
    def counted(self) -> tuple[TableVerdict, ...]:
        """The tables that were counted."""
        return tuple(table for table in self.tables if isinstance(table, TableVerdict))

    @property
    def unanswered(self) -> tuple[Unanswered, ...]:
        """The tables that could not be counted."""
        return tuple(table for table in self.tables if isinstance(table, Unanswered))

    @property
    def is_answered(self) -> bool:
        """Whether all tables were counted, and compared where there is something to compare with."""
        return not self.unanswered and not any(table.source_silent for table in self.counted)

    @property
    def duplicates(self) -> int:
        """Duplicates in all tables together."""
        return sum(table.duplicates for table in self.counted)

    @property
    def is_early(self) -> bool:
        """Whether the tables differ only because work is left: the only difference is missing rows, and at least some
        of these are on days that a run is filling or a sequence will fill. The others may be on days that no run
        fills yet. False if a table has surplus rows, duplicates or other contents, or if a count or the source did
        not answer."""
        if (
            self.outcome is not Outcome.DIFFERS
            or self.unanswered
            or not any(table.unfinished for table in self.counted)
        ):
            return False
        return not any(
            table.over or table.other_contents or table.duplicates or table.source_silent for table in self.counted
        )

    @property
    def merging(self) -> int:
        """How many stored rows, in all tables together, will disappear when ClickHouse merges parts although they are
        no duplicates."""
        return sum(table.merging for table in self.counted)

    def while_filled(
        self, running: tuple[Window, ...], to_come: tuple[Window, ...], within: Window
    ) -> "CustomerVerdict":
        """The verdict, given that these windows are running or still to come."""
        windows = union((*running, *to_come), within)
        tables = (table.while_filled(windows) if isinstance(table, TableVerdict) else table for table in self.tables)
        return replace(self, tables=tuple(tables), running=running, to_come=to_come)

    @property
    def is_without_rows(self) -> bool:
        """Whether neither the source nor any table has rows. Then there is nothing to fill."""
        return bool(self.tables) and all(
            isinstance(table, TableVerdict) and table.expected == 0 and table.actual == 0 for table in self.tables
        )


@dataclass(frozen=True, slots=True)
class ClusterVerdict:
    """The requested customers of one cluster, in the configured order.

    ``unasked`` are the customers that were left out, because the cluster no longer answered (``silent`` is then the
    reason) or because time ran out. ``runs_silent`` is the reason if the runs are needed but not known.
    """

    cluster: str
    customers: tuple[CustomerVerdict, ...]
    unasked: tuple[str, ...] = ()
    silent: str = ""
    runs_silent: str = ""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """The result of ``verify`` for one range. ``target`` is the cluster or customer that was asked about; None for
    all clusters.

    ``notes`` are about the customer's open work on other clusters, ``narrowings`` about the rows that differ.
    ``is_typed``: a person has typed the range, so the answer repeats it.
    """

    target: Target | None
    window: Window
    by: Breakdown
    clusters: tuple[ClusterVerdict, ...]
    at: datetime
    notes: tuple[OpenWorkNote, ...] = ()
    is_typed: bool = False
    narrowings: tuple[Narrowing, ...] = ()


def judge(
    table: str, window: Window, counts: Mapping[date, DayCount], expected: Mapping[date, ExpectedDay] | None
) -> TableVerdict:
    """The verdict on one table. A day that a mapping lacks has no rows. ``expected`` is None if nothing is
    compared."""
    days = (_day(day, counts.get(day, NOTHING), expected) for day in window.each_day())
    return TableVerdict(table, tuple(days))


def _day(day: date, count: DayCount, expected: Mapping[date, ExpectedDay] | None) -> Day:
    if expected is None:
        return Day(day, count, None)
    source = expected.get(day, NO_ROWS)
    return Day(day, count, source.rows, expected_checksum=source.checksum)


def ranges(days: Iterable[Day]) -> tuple[Window, ...]:
    """These days as the fewest windows, in order."""
    return windows_of(day.day for day in days)


def groups(whole: Window, runs: Iterable[Window]) -> tuple[Group, ...]:
    """The days of ``whole``, grouped by the windows of runs. Days between windows form groups, too; ``has_run`` is
    False for them unless a run covers ``whole``.

    A run over ``whole`` forms a group of its own only if there are no other runs. Beside other groups, its group
    would only repeat the total.
    """
    inside = {part for run in runs if (part := run.intersection(whole))}
    parts = inside - {whole}
    rest = (Group(window, has_run=whole in inside) for window in missing(whole, parts))
    every = [*(Group(window, has_run=True) for window in parts), *rest]
    return tuple(sorted(every, key=lambda group: (group.window, group.has_run)))
