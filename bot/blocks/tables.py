"""Tables of fixed-width lines that a phone shows whole: no line is longer than ``WIDEST``.

A phone shows the rest of a longer line only to those who scroll sideways. So if the last cell makes a line too long,
the cell stands below the others. If the other columns alone are too wide, each row stands upright: its cells stand
below one another, each after the name of its column.
"""

from collections.abc import Callable, Sequence
from textwrap import wrap

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.lines import fitting

# In characters: what a phone shows of a line of fixed width.
WIDEST = 40
_GAP = "  "

_Row = Sequence[str]


def aligned(header: _Row, rows: Sequence[_Row], right: frozenset[int] = frozenset()) -> list[str]:
    """One text for the header and one for each row. A text may have several lines. If the table is too wide, each row
    stands upright (``_upright``), and there is no text for the header. The columns whose index is in ``right`` are
    right-aligned. Empty if there are no rows."""
    if not rows:
        return []
    columns = _in_columns(header[:-1], [row[:-1] for row in rows], right)
    if header[-1] or not _are_narrow(columns):
        lines = _in_columns(header, rows, right)
        return lines if _are_narrow(lines) else [_upright(header, row, right) for row in rows]
    lasts = [header[-1], *(row[-1] for row in rows)]
    width = max(map(len, columns))
    return [_with_last(line, last, width) for line, last in zip(columns, lasts, strict=True)]


def drawn(lines: Sequence[str], room: int, hidden_line: Callable[[int], str]) -> list[Block]:
    """The lines of a table as blocks, as many as fit into ``room`` characters. If some do not fit, the last line is
    what ``hidden_line`` returns for the number of lines left out."""
    return kit.preformatted(fitting(lines, str, room, lambda hidden: narrow(hidden_line(hidden))))


def narrow(text: str) -> str:
    """A sentence below a table, in lines that a phone shows whole."""
    return "\n".join(_folded(text, ""))


def _in_columns(header: _Row, rows: Sequence[_Row], right: frozenset[int]) -> list[str]:
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        _GAP.join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def _with_last(line: str, last: str, width: int) -> str:
    """The ``line`` with the last cell beside it, after ``width`` characters. If that would be longer than ``WIDEST``,
    the last cell stands below the line."""
    beside = f"{line.ljust(width)}{_GAP}{last}".rstrip()
    return beside if len(beside) <= WIDEST else "\n".join([line, *_folded(last, _GAP)])


def _are_narrow(lines: Sequence[str]) -> bool:
    return all(len(line) <= WIDEST for line in lines)


def _upright(header: _Row, row: _Row, right: frozenset[int]) -> str:
    """The first cell; below it the other cells, each after the name of its column; and last the cells whose columns
    have no name. Empty cells are left out."""
    named = [i for i in range(1, len(row)) if header[i] and row[i]]
    label = max((len(header[i]) for i in named), default=0)
    number = max((len(row[i]) for i in named if i in right), default=0)
    lines = _folded(row[0], "")
    for i in named:
        cell = row[i].rjust(number) if i in right else row[i]
        lines += _folded(f"{header[i].lower().ljust(label)}{_GAP}{cell}", _GAP)
    for i in range(1, len(row)):
        if not header[i]:
            lines += _folded(row[i], _GAP)
    return "\n".join(lines)


def _folded(text: str, indent: str) -> list[str]:
    """The text in lines of at most ``WIDEST``. A line that fits stays as it is."""
    if len(indent + text) <= WIDEST:
        return [f"{indent}{text}"] if text else []
    return wrap(text, WIDEST, initial_indent=indent, subsequent_indent=f"{indent}{_GAP}", break_on_hyphens=False)
