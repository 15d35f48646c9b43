"""Builds the statement that counts one table by day and adds up its hashes, for one customer or for many. Also reads
the answer.

Names come from the configuration and are quoted as identifiers. The checksum is SQL that the team has written, and is
used as it is. All values are bound parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from string import Template

from bot.adapters.clickhouse.answers import (
    UnexpectedAnswer,
    parse_count,
    parse_customer,
    parse_day,
    parse_text,
)
from bot.adapters.clickhouse.engines import Storage, Surplus
from bot.adapters.clickhouse.rows import Answer, NotAnAnswer
from bot.adapters.clickhouse.storages import seen_expression
from bot.adapters.clickhouse.text import quoted, without_end
from bot.adapters.clickhouse.time_bounds import time_sql
from bot.model import DayCount, TableSpec, unquoted_name

_ROWS = Template("$whose AND $within")


@dataclass(frozen=True, slots=True)
class Whose:
    """Which customers a statement counts, as SQL. ``condition`` selects their rows. ``by`` lists the columns to group
    by: the day and, for many customers, the customer. ``read`` adds the customer to the SELECT list; "" for one
    customer. ``customer`` is the expression for the customer of a group."""

    condition: str
    customer: str
    read: str
    by: str


ONE = Whose("$customer = {customer:String}", "''", "", "bot_day")
# One part of the statement has '' as its customer (``_ALL``). If the customer column is not text, it has no common
# type with '', and ClickHouse refuses the statement. That is wanted, because the column's values as text may differ
# from the configured names.
MANY = Whose(
    "$customer IN {customers:Array(String)}",
    "bot_customer",
    "assumeNotNull($customer) AS bot_customer, ",
    "bot_customer, bot_day",
)

# The part with ``$seen`` adds one row: the table's fingerprint at the time of the count. It shows whether the cached
# Storage is outdated.
_ALL = Template("""
SELECT bot_customer, bot_day, sum(bot_stored) AS bot_all_stored, sum(bot_shown) AS bot_all_shown,
    sum(bot_keys) AS bot_all_keys, sum(bot_hashed) AS checksum, max(bot_seen) AS bot_seen_as
FROM (
    $parts
    UNION ALL SELECT '' AS bot_customer, toDate(0) AS bot_day, 0 AS bot_stored, 0 AS bot_shown, 0 AS bot_keys,
        0 AS bot_hashed, $seen AS bot_seen
)
GROUP BY bot_customer, bot_day
""")
# The inner SELECT has only columns that need the table's rows: each further one is an aggregate over all rows, and
# took a third of the time. The outer SELECT reads one row a day, and has the constants: beside an aggregate, a
# constant fails with ILLEGAL_COLUMN where a materialized view writes into a Distributed table.
_PART = Template(
    "SELECT $customer AS bot_customer, bot_day, $columns, $summed AS bot_hashed, '' AS bot_seen"
    " FROM (SELECT ${read}assumeNotNull($day) AS bot_day, count() AS bot_rows$hash_sum FROM $table$final"
    " WHERE $rows GROUP BY $by)"
)
# Keys are counted by GROUP BY instead of uniqExact, which would leave out keys with a NULL. And a server that may
# spill groups to disk (max_bytes_before_external_group_by) need not hold all keys in memory.
_KEYS = Template(
    "SELECT $customer AS bot_customer, bot_day, $columns, $summed AS bot_hashed, '' AS bot_seen"
    " FROM (SELECT $by, sum(bot_of_key) AS bot_rows, count() AS bot_distinct$key_sum"
    " FROM (SELECT ${read}assumeNotNull($day) AS bot_day, count() AS bot_of_key$hashed_key FROM $table$final"
    " WHERE $rows GROUP BY $by, $key)"
    " GROUP BY $by)"
)
# sum, because the XOR of two equal hashes is 0, which would hide two copies of a row. The line break ends a comment
# at the end of the expression.
_HASH_SUM = Template(", sum($checksum\n) AS bot_sum")
# Equal copies of a row count once. If copies differ, the smallest and the largest hash count, so that the checksum
# shows the difference. sum(DISTINCT …) would show it as well, but needs a set in memory for each key.
_HASHED_KEY = Template(", min($checksum\n) AS bot_least, max($checksum\n) AS bot_most")
_KEY_SUM = ", sum(bot_least) + sumIf(bot_most, bot_most != bot_least) AS bot_sum"
_STORED = "bot_rows AS bot_stored, 0 AS bot_shown, 0 AS bot_keys"
_SHOWN = "0 AS bot_stored, bot_rows AS bot_shown, 0 AS bot_keys"
_STORED_KEYS = "bot_rows AS bot_stored, 0 AS bot_shown, bot_distinct AS bot_keys"
_SHOWN_KEYS = "0 AS bot_stored, bot_rows AS bot_shown, bot_distinct AS bot_keys"
_NO_SUM = {"summed": "0", "hash_sum": "", "key_sum": "", "hashed_key": ""}
_COLUMNS = 7

_DESCRIBE = Template("DESCRIBE TABLE $table")
# The inner SELECT calls its column bot_sum, because the table may have a column named checksum.
_CHECKSUM = Template("SELECT bot_sum AS checksum FROM (SELECT 0$hash_sum FROM $table LIMIT 0)")
# The line break ends a comment at the end of the statement, so that it does not extend over the parenthesis.
_COLUMNS_ONLY = Template("SELECT * FROM ($sql\n) LIMIT 0")


def counts_statement(table: TableSpec, storage: Storage, whose: Whose = ONE) -> str:
    """The statement that counts a table by day. It counts the stored rows. Unless ``storage.final`` is False, it also
    counts the rows that FINAL leaves. If the table has a key, it also counts the distinct keys, and adds up the
    hashes of the keys. Without a key, it adds up the hashes of the rows that FINAL leaves, or of the stored rows if
    FINAL is not used. ClickHouse refuses the statement with ILLEGAL_FINAL if the engine turns out not to support
    FINAL."""
    names = names_of(table) | selection_of(table, storage, whose)
    if storage.final is False:
        parts = [
            _KEYS.substitute(names, columns=_STORED_KEYS) if table.key else _PART.substitute(names, columns=_STORED)
        ]
    else:
        stored = names | _NO_SUM
        shown = names | {"final": " FINAL", "rows": names["rows"] + sign_condition(storage)}
        parts = [
            _PART.substitute(stored, columns=_STORED),
            _KEYS.substitute(shown, columns=_SHOWN_KEYS) if table.key else _PART.substitute(shown, columns=_SHOWN),
        ]
    return _ALL.substitute(parts="\n    UNION ALL ".join(parts), seen=seen_expression(storage))


def describe_statement(table: TableSpec) -> str:
    """The statement that asks for the names and types of the table's columns."""
    return _DESCRIBE.substitute(names_of(table))


def checksum_statement(table: TableSpec) -> str:
    """A statement that reads nothing, and whose answer has the checksum's type."""
    return _CHECKSUM.substitute(names_of(table))


def without_rows(sql: str) -> str:
    """The statement, changed so that its answer has columns but no rows. ClickHouse analyses all of the statement,
    and reads no data."""
    return _COLUMNS_ONLY.substitute(sql=without_end(sql))


def seen_and_counts(
    answer: Answer, table: TableSpec, storage: Storage
) -> tuple[str, dict[str, dict[date, DayCount]]]:
    """The table's fingerprint when it was counted, and the rows of each day by customer; days without rows are
    absent. A customer that is counted alone has the name ""."""
    seen = ""
    counts: dict[str, dict[date, DayCount]] = {}
    try:
        for customer, day, stored, shown, keys, hashed, seen_as in answer.of_width(_COLUMNS).rows:
            seen = max(seen, parse_text(seen_as))
            numbers = (parse_count(stored), parse_count(shown), parse_count(keys))
            if any(numbers):
                count = _day_count(*numbers, table, storage)
                of_customer = counts.setdefault(parse_customer(customer), {})
                of_customer[parse_day(day)] = (
                    replace(count, checksum=parse_count(hashed)) if table.checksum else count
                )
    except UnexpectedAnswer as exc:
        raise NotAnAnswer(str(exc)) from None
    return seen, counts


def _day_count(stored: int, shown: int, keys: int, table: TableSpec, storage: Storage) -> DayCount:
    """The counts of one day. ClickHouse reads the table without FINAL (``stored``) and, unless ``storage.final`` is
    False, a second time with FINAL (``shown``). If rows arrived in between, ``shown`` may be the larger number.
    ``stored`` is then raised to ``shown``, so that no count becomes negative."""
    if storage.final is False:
        shown = stored
    stored = max(stored, shown)
    merging = 0 if storage.surplus is Surplus.DUPLICATES else stored - shown
    final = keys if table.key else shown
    can_tell_duplicates = bool(table.key) or storage.surplus is not Surplus.UNKNOWN
    return DayCount(stored, final, merging, can_tell_duplicates)


def sign_condition(storage: Storage) -> str:
    """The SQL condition that leaves out each row that only cancels another one; "" for a table without a sign column.
    FINAL leaves such a row in the table if the row that it cancels has not arrived yet."""
    return f" AND {quoted(storage.sign)} > 0" if storage.sign else ""


def names_of(table: TableSpec) -> dict[str, str]:
    """The SQL for the table, its key and its hashes, to be put into a template."""
    database, name = table.place
    return {
        "table": f"{quoted(database)}.{quoted(name)}",
        "key": ", ".join(quoted(unquoted_name(column)) for column in table.key),
        "final": "",
        **_hashes(table.checksum),
    }


def selection_of(table: TableSpec, storage: Storage, whose: Whose) -> dict[str, str]:
    """The SQL that selects the rows of the customers and the range, and groups them, to be put into a template."""
    sql = time_sql(storage.time_type)
    columns = {
        "time": quoted(unquoted_name(table.time_column)),
        "customer": quoted(unquoted_name(table.customer_column)),
    }
    parts = {
        "day": sql.day,
        "within": sql.within,
        "whose": whose.condition,
        "customer": whose.customer,
        "read": whose.read,
        "by": whose.by,
    }
    selection = {name: Template(part).substitute(columns) for name, part in parts.items()}
    return {**selection, "rows": _ROWS.substitute(selection)}


def _hashes(checksum: str | None) -> Mapping[str, str]:
    """The SQL that adds up the hashes of all rows (``hash_sum``) and of all keys (``key_sum``). The sum is 0 for a
    table without a checksum."""
    if checksum is None:
        return _NO_SUM
    expression = without_end(checksum)
    return {
        "summed": "bot_sum",
        "hash_sum": _HASH_SUM.substitute(checksum=expression),
        "key_sum": _KEY_SUM,
        "hashed_key": _HASHED_KEY.substitute(checksum=expression),
    }
