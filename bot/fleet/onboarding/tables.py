"""Finds the tables that ``verify`` could count, and the tables that hold the source rows. Pure.

A table is proposed only if it has one column for the customer and one for the time. Other tables are only listed.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.fleet.diagnostics.field_roles import customer_field, is_clearly_customer
from bot.model.catalog import ListedTable

_TEXT = re.compile(r"(?:(?:LowCardinality|Nullable)\()*String\)*")
_TIME = re.compile(r"(?:Nullable\()?(?:Date|Date32|DateTime|DateTime64)(?:\(.*\))?\)?")
_DAY = re.compile(r"(?:Nullable\()?Date(?:32)?\)?")
# Names of columns that hold the time at which a row was written, and not the time that the row is about.
_WRITTEN_AT = re.compile(r"insert|ingest|load|updat|sync|process|delet|version|modif|expire|_written", re.IGNORECASE)
_SOURCE = re.compile(
    r"(?:^|_)(?:source|sources|src|raw|staging|landing|ingest|origin|upstream)(?:_|$)", re.IGNORECASE
)
_ROW_ID = re.compile(r"^(?:id|uuid|row_id|event_id)$", re.IGNORECASE)
# Engines that keep rows only for a short time, or have no rows of their own.
_UNFIT = re.compile(r"^(?:Kafka|Null|Buffer|Set|Join|Dictionary|Memory|RabbitMQ|NATS|S3Queue)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table with its columns for customer and time. ``customers`` are values of the customer column."""

    table: ListedTable
    customer_column: str
    time_column: str
    customers: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """The table's full name, as people know it: ``analytics.orders``."""
        return f"{self.table.database}.{self.table.name}"

    @property
    def is_source(self) -> bool:
        """Whether the table's name says that it is a source."""
        return bool(_SOURCE.search(self.table.database) or _SOURCE.search(self.table.name))

    @property
    def has_days(self) -> bool:
        """Whether the time column holds days and not times."""
        return _DAY.fullmatch(self.table.columns[self.time_column]) is not None

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row; () if the engine removes duplicates itself, or if the columns are not
        clear."""
        ids = [name for name in self.table.columns if _ROW_ID.match(name)]
        if "Replacing" in self.table.engine or len(ids) != 1:
            return ()
        return (self.customer_column, ids[0])


def candidate(table: ListedTable) -> Candidate | None:
    """The table as a candidate; None if its engine keeps no rows of its own for long, or if its columns for customer
    and time are not clear."""
    if _UNFIT.match(table.engine):
        return None
    customer, time = _customer_column(table), _time_column(table)
    return Candidate(table, customer, time) if customer and time else None


def targets(candidates: Sequence[Candidate], customers: Collection[str]) -> tuple[Candidate, ...]:
    """The tables that ``verify`` could count; sources are not among them. If some of these tables have customers of
    the runs, only those tables; otherwise all of them."""
    filled = [each for each in candidates if not each.is_source]
    known = [each for each in filled if each.customers & {*customers}]
    return tuple(known or filled)


def source_of(target: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The only table of the same name that holds source rows; None if there is none or more than one."""
    same = [each for each in candidates if each.is_source and _bare(each.table.name) == _bare(target.table.name)]
    return same[0] if len(same) == 1 else None


def names_by_place(tables: Sequence[Candidate]) -> Mapping[str, str]:
    """For each table, by its full name (``place``), the name that answers use: the name alone, or the full name if
    several tables have the same name."""
    names = [each.table.name for each in tables]
    return {each.place: each.table.name if names.count(each.table.name) == 1 else each.place for each in tables}


def _customer_column(table: ListedTable) -> str:
    texts: dict[str, tuple[str, ...]] = {name: () for name, kind in table.columns.items() if _TEXT.fullmatch(kind)}
    clear = [name for name in texts if is_clearly_customer(name)]
    sorted_by = [name for name in clear if name in table.sorting_key]
    for names in (clear, sorted_by):
        if len(names) == 1:
            return names[0]
    return "" if clear else customer_field(dict.fromkeys(texts, ("?",)), ())


def _time_column(table: ListedTable) -> str:
    times = [name for name, kind in table.columns.items() if _TIME.fullmatch(kind)]
    of_days = [name for name in times if not _WRITTEN_AT.search(name)]
    sorted_by = [name for name in of_days if name in table.sorting_key]
    for names in (times, of_days, sorted_by):
        if len(names) == 1:
            return names[0]
    return ""


def _bare(name: str) -> str:
    """The name without the part that marks the table as a source."""
    return _SOURCE.sub("", name).strip("_")
