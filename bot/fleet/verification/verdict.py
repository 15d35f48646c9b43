"""What counts mean: per table and day, per customer, per cluster. No day of the range is left out of a verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.commands import Breakdown
from bot.fleet.name_lookup import Target
from bot.fleet.verification.table_verdict import Day, Outcome, TableVerdict, Unanswered
from bot.model import DayCount, Window
from bot.model.coverage import missing, union

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


@dataclass(frozen=True, slots=True)
class Group:
    """Days to be judged together: the window of a run, or days that no run was for."""

    window: Window
    has_run: bool


@dataclass(frozen=True, slots=True)
class CustomerVerdict:
    """All tables of one customer; ``groups`` are set where a breakdown by window was asked for.

    Where it is not as expected, ``running`` are the windows of open runs, ``ending`` those of open runs that are
    being cancelled, and ``to_come`` the days that an open sequence has still to run.
    """

    cluster: str
    customer: str
    tables: tuple[TableVerdict | Unanswered, ...]
    groups: tuple[Group, ...] = ()
    running: tuple[Window, ...] = ()
    to_come: tuple[Window, ...] = ()
    ending: tuple[Window, ...] = ()

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
    def merging(self) -> int:
        """Stored rows of all its tables that merge away without being duplicates."""
        return sum(table.merging for table in self.counted)

    def while_filled(
        self, running: tuple[Window, ...], to_come: tuple[Window, ...], within: Window
    ) -> "CustomerVerdict":
        """The same with what still runs, or will, for it."""
        windows = union((*running, *to_come), within)
        tables = (table.while_filled(windows) if isinstance(table, TableVerdict) else table for table in self.tables)
        return replace(self, tables=tuple(tables), running=running, to_come=to_come)

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
    ``runs_silent`` says why it is not known what runs, or ran, where that was asked for.
    """

    cluster: str
    customers: tuple[CustomerVerdict, ...]
    unasked: tuple[str, ...] = ()
    silent: str = ""
    runs_silent: str = ""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """``target`` is None when all clusters were asked about; with a customer, there is one cluster with only that.
    ``notes`` are sentences about what is open of it on other clusters."""

    target: Target | None
    window: Window
    by: Breakdown
    clusters: tuple[ClusterVerdict, ...]
    notes: tuple[str, ...] = ()


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
