"""What a warehouse counts: rows a day of one table, and where that table is."""

import re
from dataclasses import dataclass

_QUOTES = ("`", '"')
# A quote within quotes is doubled, or has a backslash before it; so has a backslash.
_QUOTED = re.compile(r'\A(?:`((?:[^`\\]|\\[`\\]|``)+)`|"((?:[^"\\]|\\["\\]|"")+)")')
_ESCAPED = {"`": re.compile(r"\\([`\\])|`(`)"), '"': re.compile(r'\\(["\\])|"(")')}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOW = "write database.table, and names with odd characters in backticks, as analytics.`my.table`"


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table that ``verify`` counts. ``table`` is as configured: ``place`` tells database and table apart.

    ``expected`` is a statement that returns (day, rows), or None when there is nothing to compare with. ``key`` are
    the columns that tell one row from another: with them distinct keys are counted instead of rows.
    """

    name: str
    table: str
    customer_column: str
    time_column: str
    expected: str | None
    key: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Database and table, without quotes."""
        return place_of(self.table)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Rows of one day: ``raw`` as stored, ``final`` those that count; raw ≥ final.

    ``merging`` are stored rows that the engine takes together when it merges, and that are no duplicates: rows that
    cancel others or tell that they are deleted, and parts of a sum. Unless ``duplicates_known``, nothing can be said
    about duplicates: ``final`` may hold some, and ``duplicates`` is 0.
    """

    raw: int
    final: int
    merging: int = 0
    duplicates_known: bool = True

    @property
    def duplicates(self) -> int:
        """Rows that are stored once more than needed."""
        return self.raw - self.final - self.merging if self.duplicates_known else 0


@dataclass(frozen=True, slots=True)
class WarehouseCheck:
    """Who answered, what in the configuration is of no use there, and what it cannot tell."""

    line: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def place_of(text: str) -> tuple[str, str]:
    """Database and table of ``database.table``: a database ends at the first dot, unless it is quoted.

    Raises ValueError that says how to write it.
    """
    quoted = _QUOTED.match(text)
    end = quoted.end() if quoted else text.find(".")
    database, dot, table = text[:end], text[end : end + 1], text[end + 1 :]
    if dot != "." or not database or not table:
        raise ValueError(f"{text!r} is not database and table: {_HOW}")
    return unquoted_name(database), unquoted_name(table)


def unquoted_name(text: str) -> str:
    """A name without its quotes, where it has any. Raises ValueError that says how to write it."""
    if _CONTROL.search(text):
        raise ValueError(f"{text!r} has a line break or another control character in it")
    if text[:1] not in _QUOTES:
        if text != text.strip():
            raise ValueError(f"{text!r} begins or ends with a space: {_HOW}")
        return text
    quoted = _QUOTED.fullmatch(text)
    if quoted is None:
        raise ValueError(f"the quotes of {text!r} do not match: {_HOW}")
    return _ESCAPED[text[0]].sub(lambda found: found[1] or found[2], quoted[1] or quoted[2])
