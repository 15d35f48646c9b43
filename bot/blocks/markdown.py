"""Makes the parts of Markdown files. Text from outside shows literally, on one line, and without secrets."""

import re
from collections.abc import Iterable, Sequence

from bot.blocks import kit

LONGEST_CELL = 300
# Characters that Markdown would read as markup or as HTML. An underscore between letters is read literally.
_SPECIAL = re.compile(r"[\\`*|<>\[\]]|(?<![^\W_])_|_(?![^\W_])")


def escape(text: str, limit: int = LONGEST_CELL) -> str:
    """The text on one line, cut to ``limit`` characters and escaped so that Markdown shows it literally."""
    return _SPECIAL.sub(r"\\\g<0>", kit.clip(" ".join(text.split()), limit))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """The lines of a table; columns whose index is in ``right`` are right-aligned. Cells are Markdown."""
    rules = ("--:" if i in right else "---" for i in range(len(header)))
    return [_row(header), _row(rules), *map(_row, rows), ""]


def bullets(lines: Iterable[str]) -> list[str]:
    """A list, and the empty line that ends it."""
    return [*(f"- {line}" for line in lines), ""]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
