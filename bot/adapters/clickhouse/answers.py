"""Checks and reads the answers of the configured statements. The team writes their SQL, so their columns may be
wrong.

If an answer is wrong, the functions raise UnexpectedAnswer. Its text completes a sentence that begins with the
statement: "it returns …", "its column day …".
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from bot.adapters.clickhouse.rows import Answer
from bot.model import ExpectedDay, TableSpec, Window
from bot.redaction import redact

CHECKSUM = "checksum"
EXPECTED = ("day", "rows")
EXPECTED_WITH_CHECKSUM = (*EXPECTED, CHECKSUM)
VOLUMES = ("customer", "day", "rows")
ROWS = ("key", "moment", CHECKSUM)
LONGEST_NUMBER = 60
# Sums of hashes wrap around, as sum() of UInt64 does.
_CHECKSUMS = 2**64

_WRAPPED = re.compile(r"(?:Nullable|LowCardinality|SimpleAggregateFunction)\((?:\w+, )?(.*)\)")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?")
_NUMBER = re.compile(r"\d+(?:\.0*)?")
# The type of a Variant or Dynamic column is known only for each value.
_ANY = r"|Variant\(.*|Dynamic\b.*"
_TYPES = {
    "day": (re.compile(rf"Date|Date32{_ANY}"), "a Date; toDate(…) makes one"),
    "rows": (re.compile(rf"U?Int\d+|B?Float\d+|Decimal.*{_ANY}"), "a number of rows"),
    CHECKSUM: (re.compile("UInt64"), "UInt64; cityHash64(…) is, with ifNull(…) around what may be NULL"),
    "moment": (re.compile(r"Date|Date32|DateTime.*"), "a Date, Date32, DateTime or DateTime64"),
    "key": (re.compile(r"(?!Nothing).*", re.DOTALL), "the columns that tell a row apart"),
    "customer": (re.compile(rf"String|FixedString.*|Enum.*{_ANY}"), "a String; toString(…) makes one"),
}


class UnexpectedAnswer(Exception):
    """The statement returns other columns or values than it has to."""


def expected_by_day(answer: Answer, table: TableSpec, customer: str, window: Window) -> dict[date, ExpectedDay]:
    """What the source has on each day of the window: the number of rows and, if configured, their checksum. A day
    without rows is absent. If the answer has several lines about one day, they are added up."""
    if table.expects_many:
        return expected_by_customer(answer, table, (customer,), window)[customer]
    days: dict[date, ExpectedDay] = {}
    for row in _columns(answer, expected_columns(table)):
        _add_expected(days, row, window)
    return days


def expected_by_customer(
    answer: Answer, table: TableSpec, customers: Sequence[str], window: Window
) -> dict[str, dict[date, ExpectedDay]]:
    """What the source has for each of these customers (as in ``expected_by_day``), from one answer about all of them.
    Raises UnexpectedAnswer if a row names another customer, because that may be one of these customers, written
    differently."""
    by_customer: dict[str, dict[date, ExpectedDay]] = {customer: {} for customer in customers}
    for name, *row in _columns(answer, expected_columns(table)):
        days = by_customer.get(parse_customer(name))
        if days is None:
            raise UnexpectedAnswer(f"it returns rows of {_preview(name)}, which was not asked for")
        _add_expected(days, row, window)
    return by_customer


def expected_columns(table: TableSpec) -> tuple[str, ...]:
    """The columns that the expected statement of this table has to return."""
    columns = EXPECTED_WITH_CHECKSUM if table.checksum else EXPECTED
    return ("customer", *columns) if table.expects_many else columns


def _add_expected(days: dict[date, ExpectedDay], row: Sequence[Any], window: Window) -> None:
    text, rows, *checksum = row
    day = parse_day(text)
    of_day = ExpectedDay(parse_count(rows), parse_count(checksum[0], CHECKSUM) if checksum else None)
    if window.start <= day < window.end and of_day.rows:
        days[day] = _added_up(days[day], of_day) if day in days else of_day


def _added_up(first: ExpectedDay, other: ExpectedDay) -> ExpectedDay:
    rows = first.rows + other.rows
    if first.checksum is None or other.checksum is None:
        return ExpectedDay(rows)
    return ExpectedDay(rows, (first.checksum + other.checksum) % _CHECKSUMS)


def rows_by_customer(answer: Answer, customers: Sequence[str], window: Window) -> dict[str, dict[date, int]]:
    """The number of rows on each day of the window, by customer. A customer without rows is absent, and rows of
    customers outside ``customers`` are left out."""
    by_customer: dict[str, dict[date, int]] = {customer: {} for customer in customers}
    for customer, day, rows in _columns(answer, VOLUMES):
        days = by_customer.get(parse_customer(customer))
        if days is not None:
            _add(days, parse_day(day), parse_count(rows), window)
    return {customer: days for customer, days in by_customer.items() if days}


def _add(days: dict[date, int], day: date, rows: int, window: Window) -> None:
    if window.start <= day < window.end and rows:
        days[day] = days.get(day, 0) + rows


def require_columns(answer: Answer, wanted: Sequence[str]) -> None:
    """Raise UnexpectedAnswer unless the answer has each of these columns once, with a fitting type. An answer without
    rows is checked as well."""
    missing = [name for name in wanted if name not in answer.names]
    if missing:
        raise UnexpectedAnswer(f"it returns {_joined(answer.names)}, but no column {_joined(missing)}")
    for name in wanted:
        if answer.names.count(name) > 1:
            raise UnexpectedAnswer(f"it returns {answer.names.count(name)} columns {name}: which of them is meant?")
        kind = answer.types[answer.names.index(name)]
        allowed, description = _TYPES[name]
        if not allowed.fullmatch(_bare(name, kind)):
            raise UnexpectedAnswer(f"its column {name} is {kind[:40]}, not {description}")


def require_rows(answer: Answer, table: TableSpec) -> str:
    """The type of the column ``moment``. Raises UnexpectedAnswer unless the answer has the columns of the statement
    ``expected_rows`` of this table."""
    require_columns(answer, ROWS)
    kind = unwrapped(answer.types[answer.names.index("key")])
    number = len(table.key)
    if number > 1 and _width_of_tuple(kind) != number:
        names = ", ".join(table.key)
        raise UnexpectedAnswer(f"its column key is {kind[:40]}, not a tuple of {number} columns, as ({names})")
    return answer.types[answer.names.index("moment")]


def _width_of_tuple(kind: str) -> int:
    """The number of elements of a Tuple type; 0 for any other type."""
    if not kind.startswith("Tuple("):
        return 0
    depth = width = 1
    for char in _QUOTED.sub("", kind[len("Tuple(") : -1]):
        depth += {"(": 1, ")": -1}.get(char, 0)
        width += char == "," and depth == 1
    return width


def _bare(name: str, kind: str) -> str:
    """The type ``kind`` of the column ``name`` without Nullable, LowCardinality and the like. The type of a checksum
    stays as it is, so that a Nullable checksum is refused: sum() would leave out every row whose hash is NULL, and a
    difference in such a row would not show."""
    return kind if name == CHECKSUM else unwrapped(kind)


def unwrapped(kind: str) -> str:
    """The type without Nullable, LowCardinality and the like around it."""
    while wrapped := _WRAPPED.fullmatch(kind):
        kind = wrapped[1]
    return kind


def _columns(answer: Answer, wanted: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The wanted columns of each row, in the order of ``wanted``."""
    require_columns(answer, wanted)
    return map(itemgetter(*(answer.names.index(name) for name in wanted)), answer.rows)


def parse_day(value: Any) -> date:
    """The day in a field. Raises UnexpectedAnswer for a date with a time, because its day depends on a time zone."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as exc:
        raise UnexpectedAnswer(f"its column day holds {_preview(value)}, not a Date; toDate(…) makes one") from exc


def parse_count(value: Any, column: str = "rows") -> int:
    """A number of rows, or a checksum. Also accepts a number as text, because ClickHouse may write numbers as text
    for a user who may not change settings. Raises UnexpectedAnswer for anything else; the error's text names
    ``column``."""
    if type(value) is int and 0 <= value < _CHECKSUMS:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if isinstance(value, bool) else str(value)
    if len(text) > LONGEST_NUMBER or not text.isascii() or not _NUMBER.fullmatch(text):
        raise UnexpectedAnswer(f"its column {column} holds {_preview(value)}, not a number of rows")
    return int(text.partition(".")[0])


def parse_text(value: Any) -> str:
    """The value, unchanged. Raises UnexpectedAnswer if it is no text."""
    if not isinstance(value, str):
        raise UnexpectedAnswer(f"a column holds {_preview(value)}, not a String")
    return value


def parse_customer(value: Any) -> str:
    """The customer in a field, without the zero bytes that pad a FixedString."""
    return parse_text(value).rstrip("\0")


def _joined(names: Sequence[str]) -> str:
    return " and ".join(names) or "nothing"


def _preview(value: Any) -> str:
    return "NULL" if value is None else redact(str(value))[:40]
