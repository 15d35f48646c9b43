"""Parses answers in the format JSONCompactEachRowWithNamesAndTypes: names, types, then one line for each row.

The format is text, because anything may answer at the address, and a native parser fed with foreign bytes can crash
the process. Nothing here trusts the answer; any deviation raises NotAnAnswer or DatabaseError.
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
    """The response is not an answer of ClickHouse in the requested format."""


class WebPage(NotAnAnswer):
    """The response is a web page, such as that of a proxy or a login."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Names and types of the columns, and the rows as decoded JSON."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def of_width(self, columns: int) -> "Answer":
        """The answer itself. Raises NotAnAnswer if it has another number of columns. For the bot's own statements."""
        if len(self.names) != columns:
            raise NotAnAnswer(f"the answer has {len(self.names)} columns, and {columns} were asked for")
        return self

    def texts(self, columns: int) -> tuple[tuple[str, ...], ...]:
        """The rows of a statement that returns this number of text columns. Raises NotAnAnswer if it returns anything
        else."""
        rows = self.of_width(columns).rows
        if not all(isinstance(value, str) for row in rows for value in row):
            raise NotAnAnswer("the answer has something else where texts were asked for")
        return rows


def read_answer(body: bytes, most_rows: int) -> Answer:
    """The whole answer. Raises NotAnAnswer or DatabaseError, and never returns a part."""
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
        row = _DECODER.decode(line)
    except (ValueError, RecursionError):
        _raise_for_line(line, text)
    if not isinstance(row, list):
        _raise_for_line(line, text)
    return tuple(row)


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(name)


# One decoder for all rows: json.loads makes one for each call that has an option, which takes longer than to decode.
_DECODER = json.JSONDecoder(parse_constant=_reject_constant)


def _texts(row: tuple[Any, ...]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in row):
        raise NotAnAnswer("the answer does not begin with the names and types of its columns")
    return row


def _raise_for_line(line: str, text: str) -> NoReturn:
    """Raise the error for a line that is not a row. ClickHouse writes an exception in mid-answer as text after rows,
    with status 200: that raises DatabaseError. Anything else raises NotAnAnswer or WebPage."""
    match = _EXCEPTION.search(line) or _EXCEPTION.search(text[-LONGEST_ERROR:])
    if match:
        text_of_error = match.string[match.start() :][:LONGEST_ERROR]
        raise DatabaseError(f"server response: {text_of_error}", code=int(match[1]))
    raise (WebPage if is_page(text) else NotAnAnswer)(
        f"the answer has a line that is not a row: {line[:LONGEST_SHOWN]!r}"
    )


def is_page(text: str) -> bool:
    """Whether the text begins like HTML or XML."""
    return _WEB_PAGE.match(text) is not None
