"""The statement that counts one table by day, raw and deduplicated at once, and its rows as values.

Names come from the configuration and are quoted as identifiers; everything else is bound.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from string import Template
from typing import Any

from bot.model import DayCount, TableSpec

# For Date, DateTime and DateTime64 alike, in whatever time zone a column keeps: the campaign's day of that moment.
_DAY = Template("toDate(toDateTime64($time, 0, {timezone:String}))")

# The last two conditions decide; the two before let ClickHouse skip parts by the column's own index. Two days are
# more than any two time zones are apart. A Date knows no day before 1970-01-01: below that it would begin at its end.
_ROWS = Template(
    "$customer = {customer:String}"
    " AND $time >= greatest({start:Date}, toDate(2)) - 2 AND $time < {end:Date} + 2"
    " AND $day >= {start:Date} AND $day < {end:Date}"
)

_COUNTS = Template("""
SELECT counted_day, sum(raw) AS raw_rows, sum(final) AS final_rows
FROM (
    SELECT $day AS counted_day, count() AS raw, 0 AS final FROM $table WHERE $rows GROUP BY counted_day
    UNION ALL
    SELECT $day AS counted_day, 0 AS raw, count() AS final FROM $table FINAL WHERE $rows GROUP BY counted_day
)
GROUP BY counted_day
""")

_COUNTS_WITHOUT_FINAL = Template("""
SELECT $day AS counted_day, count() AS raw_rows, raw_rows AS final_rows FROM $table WHERE $rows GROUP BY counted_day
""")

_PROBE = Template("SELECT $customer, $day FROM $table LIMIT 0")
# The line break keeps a comment at the end of the statement from swallowing what follows.
_COLUMNS_ONLY = Template("SELECT * FROM ($sql\n) LIMIT 0")


def counts_statement(table: TableSpec) -> str:
    """Both counts of each day. Fails with ILLEGAL_FINAL on engines that keep no duplicates apart."""
    return _COUNTS.substitute(_names(table))


def counts_without_final_statement(table: TableSpec) -> str:
    """The same for those engines, where both counts are one."""
    return _COUNTS_WITHOUT_FINAL.substitute(_names(table))


def probe_statement(table: TableSpec) -> str:
    """Returns nothing, unless table or columns are not as configured."""
    return _PROBE.substitute(_names(table))


def without_rows(sql: str) -> str:
    """The same statement, for its columns only."""
    return _COLUMNS_ONLY.substitute(sql=sql.strip().rstrip(";"))


def day_count(row: Sequence[Any]) -> tuple[date, DayCount]:
    """One row of the counts. Rows that arrive between the two reads must not look like less than none."""
    day, raw, final = row
    return day, DayCount(raw=max(raw, final), final=final)


def quoted(identifier: str) -> str:
    """An identifier of ClickHouse, whatever characters are in it."""
    escaped = identifier.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def _names(table: TableSpec) -> Mapping[str, str]:
    database, _, name = table.table.partition(".")
    names = {
        "table": f"{quoted(database)}.{quoted(name)}",
        "customer": quoted(table.customer_column),
        "time": quoted(table.time_column),
    }
    names["day"] = _DAY.substitute(names)
    names["rows"] = _ROWS.substitute(names)
    return names
