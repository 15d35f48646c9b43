"""The tables that are counted in the warehouse (ClickHouse), and the answers: the rows of a day, and their
checksum."""

import re
from dataclasses import dataclass

_QUOTES = ("`", '"')
# Inside quotes, a quote is written twice or after a backslash, and a backslash after a backslash.
_QUOTED = re.compile(r'\A(?:`((?:[^`\\]|\\[`\\]|``)+)`|"((?:[^"\\]|\\["\\]|"")+)")')
_ESCAPED = {"`": re.compile(r"\\([`\\])|`(`)"), '"': re.compile(r'\\(["\\])|"(")')}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLACEHOLDER = re.compile(r"\{\s{0,99}(\w{1,99})\s{0,99}:")
_HOW = "write database.table, and names with odd characters in backticks, as analytics.`my.table`"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table whose rows the bot counts.

    ``table`` is the configured text; ``place`` is the same text split into database and table. ``expected`` is a
    statement that returns (day, rows), or None when there is nothing to compare with; if it binds ``customers``, it
    returns (customer, day, rows) for all these customers. ``key`` lists the columns that identify a row: when it is
    set, distinct keys are counted instead of rows. ``checksum`` is an SQL expression that hashes a row, or None when
    contents are not compared; ``expected`` then returns a checksum, too. ``expected_rows`` is a statement that
    returns (key, moment, checksum) of each row of the source; with it, ``verify`` names the keys that differ, to the
    asker alone unless ``show_keys``.
    """

    name: str
    table: str
    customer_column: str
    time_column: str
    expected: str | None
    key: tuple[str, ...] = ()
    checksum: str | None = None
    expected_rows: str | None = None
    show_keys: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """The names of database and table, without quotes."""
        return place_of(self.table)

    @property
    def expects_many(self) -> bool:
        """Whether one ``expected`` statement answers for many customers."""
        return self.expected is not None and binds(self.expected, "customers")


@dataclass(frozen=True, slots=True)
class DayCount:
    """Rows of one day: ``raw`` counts stored rows, ``final`` the rows that a query should see; raw ≥ final.

    ``merging`` counts stored rows that disappear when the table engine merges parts and that are not duplicates: rows
    that cancel others, rows that mark a deletion, and parts of a sum. When ``duplicates_known`` is False, duplicates
    cannot be counted: ``final`` may include some, and ``duplicates`` is 0. ``checksum`` adds up the hashes of the
    ``final`` rows; it is None when contents are not compared.
    """

    raw: int
    final: int
    merging: int = 0
    duplicates_known: bool = True
    checksum: int | None = None

    @property
    def duplicates(self) -> int:
        """Surplus copies of rows."""
        return self.raw - self.final - self.merging if self.duplicates_known else 0


@dataclass(frozen=True, slots=True)
class ExpectedDay:
    """The rows that the source has of one day. ``checksum`` is the sum of their hashes; None when contents are not
    compared."""

    rows: int
    checksum: int | None = None


@dataclass(frozen=True, slots=True)
class WarehouseCheck:
    """The result of checking a warehouse.

    ``line`` names the server that answered, ``problems`` say which parts of the configuration do not work there, and
    ``warnings`` say what its counts cannot prove.
    """

    line: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def binds(statement: str, name: str) -> bool:
    """Whether the statement refers to the value of this name, as ``{name:Type}``."""
    return name in _PLACEHOLDER.findall(statement)


def place_of(text: str) -> tuple[str, str]:
    """Split ``database.table`` into the two names, without quotes. An unquoted database name ends at the first dot.

    Raises ValueError for a text of another form; the message says what is wrong.
    """
    quoted = _QUOTED.match(text)
    end = quoted.end() if quoted else text.find(".")
    database, dot, table = text[:end], text[end : end + 1], text[end + 1 :]
    if dot != "." or not database or not table:
        raise ValueError(f"{text!r} is not database and table: {_HOW}")
    return unquoted_name(database), unquoted_name(table)


def unquoted_name(text: str) -> str:
    """The name without its quotes, or unchanged if it has none. Raises ValueError for a name that is written wrongly;
    the message says what is wrong."""
    if _CONTROL.search(text):
        raise ValueError(f"{text!r} has a line break or another control character in it")
    if text[:1] not in _QUOTES:
        if text != text.strip():
            raise ValueError(f"{text!r} begins or ends with a space: {_HOW}")
        return text
    quoted = _QUOTED.fullmatch(text)
    if quoted is None:
        raise ValueError(f"the quotes of {text!r} do not match: {_HOW}")
    return _ESCAPED[text[0]].sub(lambda match: match[1] or match[2], quoted[1] or quoted[2])
