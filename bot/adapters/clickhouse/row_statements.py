"""Builds the statements that compare a table with its source: counts by hour, counts by bucket of the key, and the
rows of a few buckets. Also reads their answers.

Keys are compared as text, so that a key may have one type in the table and another in the source.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from string import Template

from bot.adapters.clickhouse.answers import CHECKSUM, UnexpectedAnswer, parse_count, parse_text
from bot.adapters.clickhouse.counting import ONE, names_of, selection_of, sign_condition
from bot.adapters.clickhouse.engines import Storage
from bot.adapters.clickhouse.rows import Answer, NotAnAnswer
from bot.adapters.clickhouse.text import quoted, without_end
from bot.adapters.clickhouse.time_bounds import time_sql
from bot.model import TableSpec, unquoted_name
from bot.model.row_differences import BUCKETS, Cell, CellCount, HashedRow, Hour

# The most rows of a table, and of its source. The bot asks for cells with no more rows than that; if there are more,
# rows have arrived since it counted them.
MOST_ROWS_READ = 10_000
# In characters: how much of a key is shown. A row is identified by the hash of its whole key.
LONGEST_KEY = 200
EPOCH = date(1970, 1, 1)
_HOURS = 24

_Rows = Callable[[str], str]

# Each key counts once a day, as in ``counting``. Its hash is that of its row; if its copies differ, it is the sum of
# the least and the greatest hash.
_OF_TABLE = Template(
    "SELECT bot_day, bot_hour, bot_key, bot_least + if(bot_most = bot_least, 0, bot_most) AS bot_hashed FROM ("
    "SELECT assumeNotNull($day) AS bot_day, $hour AS bot_hour, $key_text AS bot_key,"
    " min($checksum\n) AS bot_least, max($checksum\n) AS bot_most"
    " FROM $table$final WHERE $rows AND $day IN {days:Array(Date)}$bucket GROUP BY bot_day, $key)"
)
_OF_SOURCE = Template(
    "SELECT assumeNotNull($day) AS bot_day, $hour AS bot_hour, $key_text AS bot_key, checksum AS bot_hashed"
    " FROM ($statement\n) WHERE bot_day IN {days:Array(Date)}$bucket"
)
_HOUR = Template("toHour(assumeNotNull(toDateTime64($time, 0, {timezone:String})), {timezone:String})")
_BUCKET = Template(" AND cityHash64($key_text) % $buckets IN {buckets:Array(UInt16)}")

# Hours and cells are sent as numbers, which keeps the URL short. A number is made of the day, the hour and, for a
# cell, the bucket.
_CODES = {
    "hour_code": "(toUInt64(toUInt16(bot_day)) * 24 + bot_hour)",
    "cell_code": Template(
        "((toUInt64(toUInt16(bot_day)) * 24 + bot_hour) * $buckets + cityHash64(bot_key) % $buckets)"
    ).substitute(buckets=BUCKETS),
}
_BY_HOUR = Template(
    "SELECT $hour_code AS bot_code, count() AS bot_rows, sum(bot_hashed) AS checksum FROM ($rows) GROUP BY bot_code"
)
_BY_BUCKET = Template(
    "SELECT $cell_code AS bot_code, count() AS bot_rows, sum(bot_hashed) AS checksum FROM ($rows)"
    " WHERE $hour_code IN {hours:Array(UInt32)} GROUP BY bot_code"
)
_ROWS = Template(
    "SELECT cityHash64(bot_key) AS bot_id, substringUTF8(bot_key, 1, $longest) AS bot_text,"
    " $hour_code AS bot_code, bot_hashed AS checksum FROM ($rows)"
    " WHERE $cell_code IN {cells:Array(UInt64)} LIMIT $most"
)


@dataclass(frozen=True, slots=True)
class Side:
    """The rows of one side, the table or its source, as SQL. ``rows`` selects all of them. ``in_buckets`` selects
    only the rows in the buckets that are bound as ``buckets``, so that ClickHouse groups no other rows."""

    rows: str
    in_buckets: str

    @property
    def by_hour(self) -> str:
        """The statement that counts the rows of each hour. Its parameter ``days`` has the days."""
        return _BY_HOUR.substitute(_CODES, rows=self.rows)

    @property
    def by_bucket(self) -> str:
        """The statement that counts the rows of each bucket of the bound ``hours``."""
        return _BY_BUCKET.substitute(_CODES, rows=self.rows)

    @property
    def of_cells(self) -> str:
        """The statement that returns the rows of the bound ``cells``."""
        return _ROWS.substitute(_CODES, rows=self.in_buckets, longest=LONGEST_KEY, most=MOST_ROWS_READ + 1)


def table_side(table: TableSpec, storage: Storage, by_hour: bool) -> Side:
    """The rows of the table as a reader sees them, one for each key and day. Fails with ILLEGAL_FINAL if the engine
    turns out not to support FINAL."""
    names = names_of(table) | selection_of(table, storage, ONE)
    if storage.final is not False:
        names |= {"final": " FINAL", "rows": names["rows"] + sign_condition(storage)}
    time = quoted(unquoted_name(table.time_column))
    hour = _HOUR.substitute(time=f"min({time})") if by_hour else "toUInt8(0)"
    key_text = f"toString(tuple({names['key']}))"
    more = {"hour": hour, "key_text": key_text, "checksum": without_end(table.checksum or "")}
    return _side(lambda bucket: _OF_TABLE.substitute(names | more, bucket=bucket), key_text)


def source_side(table: TableSpec, kind_of_moment: str, by_hour: bool) -> Side:
    """The rows of the source, as the configured statement returns them. ``kind_of_moment`` is the type of its column
    ``moment``."""
    key_text = "toString(key)" if len(table.key) > 1 else "toString(tuple(key))"
    parts = {
        "day": Template(time_sql(kind_of_moment).day).substitute(time="moment"),
        "hour": _HOUR.substitute(time="moment") if by_hour else "toUInt8(0)",
        "key_text": key_text,
        "statement": without_end(table.expected_rows or ""),
    }
    return _side(lambda bucket: _OF_SOURCE.substitute(parts, bucket=bucket), key_text)


def _side(rows: _Rows, key_text: str) -> Side:
    return Side(rows(""), rows(_BUCKET.substitute(key_text=key_text, buckets=BUCKETS)))


def hour_code(hour: Hour) -> int:
    """The hour as a number: the hours since 1970-01-01. A whole day has the number of its first hour."""
    return (hour.day - EPOCH).days * _HOURS + (hour.hour or 0)


def cell_code(cell: Cell) -> int:
    """The cell as a number: its hour's number times ``BUCKETS``, plus its bucket."""
    return hour_code(cell.hour) * BUCKETS + cell.bucket


def counts_by_hour(answer: Answer, by_hour: bool) -> dict[Hour, CellCount]:
    """The counts in the answer to ``Side.by_hour``. If ``by_hour`` is False, each ``Hour`` is a whole day. Raises
    NotAnAnswer."""
    return {_hour_of(code, by_hour): count for code, count in _coded(answer)}


def counts_by_cell(answer: Answer, by_hour: bool) -> dict[Cell, CellCount]:
    """The counts in the answer to ``Side.by_bucket``. If ``by_hour`` is False, the ``Hour`` of each cell is a whole
    day. Raises NotAnAnswer."""
    return {Cell(_hour_of(code // BUCKETS, by_hour), code % BUCKETS): count for code, count in _coded(answer)}


def hashed_rows(answer: Answer, by_hour: bool) -> tuple[HashedRow, ...]:
    """The rows in the answer to ``Side.of_cells``. Raises NotAnAnswer."""
    try:
        return tuple(
            HashedRow(
                parse_count(key_id),
                parse_text(key),
                _hour_of(parse_count(code), by_hour),
                parse_count(hashed, CHECKSUM),
            )
            for key_id, key, code, hashed in answer.of_width(4).rows
        )
    except UnexpectedAnswer as exc:
        raise NotAnAnswer(str(exc)) from None


def _coded(answer: Answer) -> list[tuple[int, CellCount]]:
    try:
        return [
            (parse_count(code), CellCount(parse_count(rows), parse_count(hashed, CHECKSUM)))
            for code, rows, hashed in answer.of_width(3).rows
        ]
    except UnexpectedAnswer as exc:
        raise NotAnAnswer(str(exc)) from None


def _hour_of(code: int, by_hour: bool) -> Hour:
    day, hour = divmod(code, _HOURS)
    return Hour(EPOCH + timedelta(days=min(day, 65_535)), hour if by_hour else None)
