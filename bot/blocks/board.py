"""Says the pieces of a board: its headline, a row a cluster, a line an open customer, and what fits into neither."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import kit, standing, words
from bot.blocks.lines import Line, named
from bot.fleet.backfill import Backfill
from bot.fleet.board import Board, ClusterRow, Silent
from bot.model import State

NOT_STARTED_SHOWN = 10
LEFTOVERS_SHOWN = 4
ROWS_AS_CONFIGURED = 25
LONGEST_ID = 80


def headline(board: Board) -> str:
    """``89 of 95 customers complete, 6 open.``"""
    if not board.total:
        return "N/A: no customer has anything to backfill."
    told = f"{board.complete:,} of {words.plural(board.total, 'customer')} complete, {len(board.open):,} open"
    return f"{told}, {board.unknown:,} unknown." if board.unknown else f"{told}."


def in_order(rows: Sequence[ClusterRow | Silent]) -> Sequence[ClusterRow | Silent]:
    """As configured while all of them fit; else what needs a look before what may be left out."""
    if len(rows) <= ROWS_AS_CONFIGURED:
        return rows
    return sorted(rows, key=lambda row: -len(row.open) if isinstance(row, ClusterRow) else float("-inf"))


def table(rows: Sequence[ClusterRow | Silent]) -> list[str]:
    """The rows as aligned lines, narrow enough for a phone."""
    cells = [(row.cluster, _share(row), _remark(row)) for row in rows]
    return kit.aligned(("Cluster", "Done", ""), cells, right=frozenset({1})).splitlines()


def plain_row(row: ClusterRow | Silent, now: datetime) -> str:
    """``voice-prod 14/17 complete, 3 open``, ``eu-west-2-prod N/A (no customers expected)``."""
    if isinstance(row, Silent):
        return f"{row.cluster} unknown: {standing.silent(row, now)}"
    if not row.is_applicable:
        return f"{row.cluster} N/A ({_remark(row)})"
    return f"{row.cluster} {_share(row)} complete" + (f", {_remark(row)}" if row.open else "")


def open_lines(board: Board) -> list[Line]:
    """One line a customer, worst first; those that nobody has started share one a cluster."""
    one_cluster = len(board.rows) == 1
    begun = [backfill for backfill in board.open if backfill.state is not State.NOT_STARTED]
    return [
        *(_open_line(backfill, board.at, one_cluster=one_cluster) for backfill in begun),
        *(line for row in board.answered if (line := _not_started(row))),
    ]


def leftovers(board: Board) -> list[str]:
    """What is in no row: sources that did not answer, customers that nobody expects, executions of nobody known."""
    said: list[str] = []
    for row in board.answered:
        if row.source_silent:
            why = kit.clip(row.source_silent, standing.LONGEST_WHY)
            said.append(f"The source of {row.cluster} did not say whether what is not started there has rows: {why}.")
    if board.extras:
        names = [f"{b.customer} on {b.cluster} ({_briefly(b)})" for b in board.extras]
        said.append(f"Seen but not expected, and not counted: {named(names, LEFTOVERS_SHOWN)}.")
    if board.unrecognised:
        refs = [run.execution.ref for run in board.unrecognised]
        names = [f"{kit.clip(ref.workflow_id, LONGEST_ID)} on {ref.cluster}" for ref in refs]
        what = words.plural(len(names), "execution")
        said.append(f"{what} not recognised, and not counted: {named(names, LEFTOVERS_SHOWN)}.")
    return said[: LEFTOVERS_SHOWN + 2]


def _share(row: ClusterRow | Silent) -> str:
    if isinstance(row, Silent):
        return "unknown"
    return f"{row.complete}/{row.expected}" if row.is_applicable else "N/A"


def _remark(row: ClusterRow | Silent) -> str:
    if isinstance(row, Silent):
        return "did not answer"
    if not row.customers:
        return "no customers expected"
    if not row.is_applicable:
        return "no rows in range"
    return f"{len(row.open)} open" if row.open else "complete"


def _open_line(backfill: Backfill, now: datetime, *, one_cluster: bool) -> Line:
    where = "is" if one_cluster else f"on {backfill.cluster} is"
    return Line.about(backfill.customer, f"{where} {standing.customer(backfill, now)}", standing.link(backfill))


def _not_started(row: ClusterRow) -> Line | None:
    names = [backfill.customer for backfill in row.open if backfill.state is State.NOT_STARTED]
    if not names:
        return None
    what = words.plural(len(names), "customer")
    return Line.about(row.cluster, f"has {what} not started: {named(names, NOT_STARTED_SHOWN)}.")


def _briefly(backfill: Backfill) -> str:
    return f"{backfill.state.value}, {backfill.health.value}" if backfill.health else backfill.state.value
