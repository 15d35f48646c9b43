"""Reads an answer in ClickHouse's format JSONCompactEachRowWithNamesAndTypes: names, types, then a line for each row.

A text format, because what answers may be anything: a native parser fed with bytes that are not its format can end
the process. Nothing here trusts the answer; whatever is not as it should be raises NotAnAnswer or DatabaseError.
https://clickhouse.com/docs/interfaces/formats/JSONCompactEachRowWithNamesAndTypes
"""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

FORMAT = "JSONCompactEachRowWithNamesAndTypes"
HEAD_LINES = 2
LONGEST_SHOWN = 60
LONGEST_ERROR = 4_096

_WEB_PAGE = re.compile(r"[^\w<]{0,99}<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_EXCEPTION = re.compile(r"Code: ([0-9]{1,9})\. ?(?:DB::Exception|DB::[A-Za-z]+Exception)")


class NotAnAnswer(OperationalError):
    """What came is no answer of ClickHouse in the format that was asked for."""


class WebPage(NotAnAnswer):
    """A page for people: of a proxy, or of a login."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of a statement, and its rows as JSON tells them."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def of_width(self, columns: int) -> "Answer":
        """Itself, where it has so many columns: for statements that the bot has written."""
        if len(self.names) != columns:
            raise NotAnAnswer(f"the answer has {len(self.names)} columns, and {columns} were asked for")
        return self

    def texts(self, columns: int) -> tuple[tuple[str, ...], ...]:
        """The rows of a statement that returns so many texts."""
        rows = self.of_width(columns).rows
        if not all(isinstance(value, str) for row in rows for value in row):
            raise NotAnAnswer("the answer has something else where texts were asked for")
        return rows


def read_answer(body: bytes, most_rows: int) -> Answer:
    """The whole answer, or an error: never a part of it."""
    try:
        text = body.decode()
    except UnicodeDecodeError as exc:
        raise NotAnAnswer(f"the answer is not UTF-8 (byte {exc.start:,})") from None
    if text.count("\n") - HEAD_LINES > most_rows:
        raise NotAnAnswer(f"the answer has over {most_rows:,} rows")
    *lines, rest = text.split("\n")
    if rest:
        _raise_for_line(rest, text)
    if len(lines) < HEAD_LINES:
        raise NotAnAnswer("the answer is empty, or ends before its columns")
    names, types, *rows = (_row(line, text) for line in lines)
    for row in (types, *rows):
        if len(row) != len(names):
            raise NotAnAnswer(f"a row of the answer has {len(row)} values for {len(names)} columns")
    return Answer(_texts(names), _texts(types), tuple(rows))


def _row(line: str, text: str) -> tuple[Any, ...]:
    try:
        row = json.loads(line, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        _raise_for_line(line, text)
    if not isinstance(row, list):
        _raise_for_line(line, text)
    return tuple(row)


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _texts(row: tuple[Any, ...]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in row):
        raise NotAnAnswer("the answer does not begin with the names and types of its columns")
    return row


def _raise_for_line(line: str, text: str) -> NoReturn:
    """An exception in mid-answer comes as text after the rows that were sent before, although the status is 200."""
    match = _EXCEPTION.search(line) or _EXCEPTION.search(text[-LONGEST_ERROR:])
    if match:
        text_of_error = match.string[match.start() :][:LONGEST_ERROR]
        raise DatabaseError(f"server response: {text_of_error}", code=int(match[1]))
    raise (WebPage if is_page(text) else NotAnAnswer)(
        f"the answer has a line that is not a row: {line[:LONGEST_SHOWN]!r}"
    )


def is_page(text: str) -> bool:
    """Whether a browser would show it."""
    return _WEB_PAGE.match(text) is not None
