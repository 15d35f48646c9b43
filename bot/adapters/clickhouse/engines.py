"""Decides from a row of system.tables how a table is counted: whether FINAL works, and what it removes. Pure.

Views accept FINAL, and it does nothing there (ClickHouse/ClickHouse#17087). Elsewhere the rows that it removes are
not always duplicates: https://clickhouse.com/docs/engines/table-engines/mergetree-family
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.adapters.clickhouse.text import NAME, unquoted

Place = tuple[str, str]

UNKNOWN_ENGINE = "table that the bot's user does not see in system.tables"
_NO_UUID = "00000000-0000-0000-0000-000000000000"
_STRING = r"'(?:[^'\\]|\\.|'')*'"
_VARIANT = re.compile(r"^(?:Replicated|Shared)(?=\w*MergeTree$)")
_ARGUMENT = re.compile(rf"\A\s*({_STRING}|{NAME})\s*(,|\))")
# An unclosed quote extends to the end of the statement, so that the expression never scans a text twice.
_TO_CLAUSE = re.compile(rf"'(?:[^'\\]|\\.|'')*(?:'|\\?\Z)|(\()|\bTO ({NAME})\.({NAME})|`(?:[^`\\]|\\.)*(?:`|\\?\Z)")


class Surplus(StrEnum):
    """The kind of rows that FINAL removes from a table."""

    DUPLICATES = "duplicates"
    MERGING = "rows that merge away"
    # FINAL does nothing, leaves duplicates or adds them up, so the difference says nothing about duplicates.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Storage:
    """How to count a table. ``final`` is None if only a try shows whether the engine supports FINAL.

    ``sign`` is the column that is −1 in rows that cancel others. ``time_type`` is the type of the time column, "" if
    it is unknown. ``places`` are the tables that the storage depends on, and ``seen`` is their fingerprint; both are
    empty if the bot's user may not read system.tables.
    """

    engine: str
    final: bool | None
    surplus: Surplus
    sign: str = ""
    time_type: str = ""
    places: tuple[Place, ...] = ()
    seen: str = ""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A row of system.tables."""

    place: Place
    engine: str
    engine_full: str
    create: str
    uuid: str


_BY_ENGINE: Mapping[str, tuple[bool | None, Surplus]] = {
    "ReplacingMergeTree": (True, Surplus.DUPLICATES),
    "CollapsingMergeTree": (True, Surplus.MERGING),
    "CoalescingMergeTree": (True, Surplus.MERGING),
    # Duplicates within one version remain.
    "VersionedCollapsingMergeTree": (True, Surplus.UNKNOWN),
    # Duplicates are added up: the number of rows is right, but their values are not.
    "SummingMergeTree": (True, Surplus.UNKNOWN),
    "AggregatingMergeTree": (True, Surplus.UNKNOWN),
    "GraphiteMergeTree": (True, Surplus.UNKNOWN),
    "MergeTree": (False, Surplus.UNKNOWN),
    "View": (False, Surplus.UNKNOWN),
}
_WITH_SIGN = ("CollapsingMergeTree", "VersionedCollapsingMergeTree")
_ARGUMENTS_WITH_IS_DELETED = 2


def storage_of(table: TableInfo) -> Storage:
    """How to count a table, by its engine alone. Distributed, Merge, Buffer and others apply FINAL to each of their
    parts separately, which leaves duplicates across parts."""
    base = _VARIANT.sub("", table.engine)
    final, surplus = _BY_ENGINE.get(base, (None, Surplus.UNKNOWN))
    columns = [unquoted(name) for name in _arguments(table.engine_full) if not name.startswith("'")]
    if base == "ReplacingMergeTree" and len(columns) >= _ARGUMENTS_WITH_IS_DELETED:
        surplus = Surplus.MERGING
    sign = columns[0] if base in _WITH_SIGN and columns else ""
    return Storage(table.engine, final, surplus, sign)


def target_of(table: TableInfo) -> Place | None:
    """The table that holds the rows of a materialized view or an alias. FINAL applies to that table. None for other
    tables."""
    if table.engine == "MaterializedView":
        return _target_of_view(table)
    if table.engine != "Alias":
        return None
    names = [unquoted(name) for name in _arguments(table.engine_full)]
    parts = names if len(names) > 1 else ".".join(names).split(".", 1)
    database, name = parts if len(parts) == 2 else (table.place[0], parts[0])
    return database, name


def _target_of_view(view: TableInfo) -> Place:
    """The table that a materialized view names after TO, or the inner table that ClickHouse made for it."""
    for match in _TO_CLAUSE.finditer(view.create):
        if match[1]:
            break
        if match[3]:
            return unquoted(match[2]), unquoted(match[3])
    database, name = view.place
    return database, f".inner.{name}" if view.uuid in ("", _NO_UUID) else f".inner_id.{view.uuid}"


def _arguments(engine_full: str) -> list[str]:
    """The leading arguments of an engine that are names or string literals."""
    arguments: list[str] = []
    opening = re.match(r"\w+\(", engine_full)
    rest = engine_full[opening.end() :] if opening else ""
    while argument := _ARGUMENT.match(rest):
        arguments.append(argument[1])
        rest = "" if argument[2] == ")" else rest[argument.end() :]
    return arguments
