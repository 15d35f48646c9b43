"""Finds the line of a key in a TOML file, because ``tomllib`` does not keep line numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_TABLE = re.compile(r"\A(\[\[?)([^\[\]]+)\]")
_NAME = r"(?:[\w-]+|\"[^\"]*\"|'[^']*')"
_KEY = re.compile(rf"\A({_NAME}(?: *\. *{_NAME})*) *=(?P<value>.*)")
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")
_QUOTES = ('"""', "'''")
# A text without its closing quote goes on to the end of the line.
_TEXT_OR_COMMENT = re.compile(r"\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|#.*")


def line_of(text: str, key: Sequence[int | str]) -> int | None:
    """The number of the line that holds the key. If no line holds the key, that of the innermost key or table around
    it; None if the text has none of these either."""
    wanted = tuple(map(str, key))
    best, depth = None, 0
    for number, path in _keys(text):
        if depth < len(path) <= len(wanted) and wanted[: len(path)] == path:
            best, depth = number, len(path)
    return best


def _keys(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """For each line that opens a table or sets a key: the line's number, and the full name in parts. A table of a
    list (``[[…]]``) has its index, from 0, as a part."""
    table: tuple[str, ...] = ()
    lists: Counter[tuple[str, ...]] = Counter()
    closing, depth = "", 0
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if closing:
            closing = "" if closing in line else closing
        elif depth > 0:
            depth += _opened(line)
        elif match := _TABLE.match(line):
            name = _parts(match[2])
            table = _numbered(name, lists)
            if match[1] == "[[":
                table = (*table, str(lists[name]))
                lists[name] += 1
            yield number, table
        elif match := _KEY.match(line):
            yield number, (*table, *_parts(match[1]))
            closing = next((q for q in _QUOTES if match["value"].count(q) == 1), "")
            depth = 0 if closing else _opened(match["value"])


def _opened(text: str) -> int:
    """How many more brackets of arrays the text opens than it closes."""
    plain = _TEXT_OR_COMMENT.sub("", text)
    return plain.count("[") - plain.count("]")


def _numbered(name: tuple[str, ...], lists: Counter[tuple[str, ...]]) -> tuple[str, ...]:
    """The full name of a table. The name of each list of tables (``[[…]]``) around it is followed by the index of
    that list's latest item, from 0."""
    numbered: list[str] = []
    for length, part in enumerate(name, 1):
        numbered.append(part)
        if length < len(name) and lists[name[:length]]:
            numbered.append(str(lists[name[:length]] - 1))
    return tuple(numbered)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))
