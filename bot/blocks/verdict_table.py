"""Draws the numbers of the tables that ``verify`` has counted, as lines of fixed width that a phone shows whole."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.fleet.verification.verdict import Outcome, TableVerdict, Unanswered

# In characters: what a phone shows of a line of fixed width.
WIDEST = 40
# A word beside the numbers of a table; a table of fixed width has no icons.
_WORD_OF_ROW = {
    Outcome.DIFFERS: "differs",
    Outcome.CONTENTS_DIFFER: "differs",
    Outcome.NOT_ANSWERED: "no answer",
    Outcome.NOT_FINISHED: "not finished",
    Outcome.NOT_COMPARED: "",
    Outcome.UNPROVEN: "unproven",
    Outcome.MATCHES: "matches",
}


def rows(tables: Sequence[TableVerdict | Unanswered]) -> list[str]:
    """The numbers of the tables, narrow enough for a phone: a line for each table. If these are too wide, each table
    has a line for each number."""
    header, cells = ("Table", "Expected", "Found", ""), list(map(_cells, tables))
    lines = kit.aligned(header, cells, right=frozenset((1, 2))).splitlines()
    if max(map(len, lines)) <= WIDEST:
        return lines
    return [_upright(*each) for each in cells]


def _upright(table: str, expected: str, found: str, word: str) -> str:
    """A table below its name: what was expected, then what was found, then whether that is as it should be."""
    numbers = [("  expected", expected), ("  found", found)] if found else []
    below = kit.aligned((table, ""), numbers, right=frozenset({1}))
    return f"{below}\n  {word}" if word else below


def _cells(table: TableVerdict | Unanswered) -> tuple[str, ...]:
    if isinstance(table, Unanswered):
        return (table.table, "", "", _WORD_OF_ROW[table.outcome])
    expected = f"{table.expected:,}" if table.expected is not None else "–"
    return (table.table, expected, f"{table.actual:,}", _WORD_OF_ROW[table.outcome])
