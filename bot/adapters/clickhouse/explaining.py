"""Explains a failed count by the table's columns, where ClickHouse only says that the bot's statement is wrong."""

import re
from collections.abc import Iterator, Mapping

from clickhouse_connect.driver.exceptions import DatabaseError

from bot.adapters.clickhouse.answers import UnexpectedAnswer
from bot.adapters.clickhouse.counting import describe_statement
from bot.adapters.clickhouse.engines import Storage
from bot.adapters.clickhouse.storages import Ask
from bot.model import TableSpec, unquoted_name

COLUMNS_SHOWN = 12

_TIMES = re.compile(r"(?:(?:Nullable|LowCardinality)\()*(?:Date|Date32|DateTime|DateTime64)(?:\(.*)?\)*|Dynamic.*")
_WITH_PARAMETERS = "parameterized view"
_TIMES_READ = "Date, Date32, DateTime and DateTime64"


async def explain(table: TableSpec, storage: Storage, error: DatabaseError, ask: Ask) -> None:
    """Raise UnexpectedAnswer with the reason for ``error``, if the table's columns show the reason, or if the table
    is a view with parameters. Otherwise return."""
    try:
        answer = await ask(describe_statement(table), {})
    except DatabaseError as exc:
        if _WITH_PARAMETERS in str(exc):
            raise UnexpectedAnswer(
                f"{table.table} is a view with parameters, which verify has no values for: name the table that it"
                f" reads, or a view without them"
            ) from error
        return
    columns = {str(row[0]): str(row[1]) for row in answer.rows if len(row) > 1}
    for setting, column in _configured(table):
        if column.split(".")[0] not in columns and column not in columns:
            raise UnexpectedAnswer(f"{setting} names {column}, and {table.table} {_column_list(columns)}") from error
    if storage.sign and storage.sign not in columns:
        raise UnexpectedAnswer(
            f"{table.table} does not show the column {storage.sign}, which tells rows that cancel others: name the"
            f" table that it writes into"
        ) from error
    time = unquoted_name(table.time_column)
    kind = columns.get(time, "DateTime")
    if not _TIMES.fullmatch(kind):
        raise UnexpectedAnswer(
            f"time_column {time} of {table.table} is {kind[:40]}, and verify reads {_TIMES_READ}: name such a column,"
            f" if need be one of a view, or an ALIAS column that is made of it"
        ) from error


def _configured(table: TableSpec) -> Iterator[tuple[str, str]]:
    yield "customer_column", unquoted_name(table.customer_column)
    yield "time_column", unquoted_name(table.time_column)
    for column in table.key:
        yield "key", unquoted_name(column)


def _column_list(columns: Mapping[str, str]) -> str:
    names = [*columns][:COLUMNS_SHOWN]
    more = len(columns) - len(names)
    return f"has no such column; it has {', '.join(names)}{f' and {more} more' if more > 0 else ''}"
