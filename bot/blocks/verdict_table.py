"""Draws the numbers of the tables that ``verify`` has counted, as lines of fixed width that a phone shows whole."""

from collections.abc import Sequence

from bot.blocks.tables import aligned
from bot.fleet.verification.verdict import Outcome, TableVerdict, Unanswered

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
    """The numbers of the tables, narrow enough for a phone."""
    return aligned(("Table", "Expected", "Found", ""), list(map(_cells, tables)), right=frozenset((1, 2)))


def _cells(table: TableVerdict | Unanswered) -> tuple[str, ...]:
    if isinstance(table, Unanswered):
        return (table.table, "", "", _WORD_OF_ROW[table.outcome])
    expected = f"{table.expected:,}" if table.expected is not None else "–"
    return (table.table, expected, f"{table.actual:,}", _WORD_OF_ROW[table.outcome])
