"""The parts of the board in words: the headline, a row for each cluster, a line for each open customer, and notes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.blocks import kit, run_status, sizing, tables, words
from bot.blocks.lines import Line, first_names
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, ClusterRow, Silent
from bot.fleet.status.estimate import until_last
from bot.model import State, duration_text

NOT_STARTED_SHOWN = 10
NAMES_IN_LINE = 20
NOTES_SHOWN = 4
LONGEST_ID = 80
# Attempts and heartbeats that are younger than this are shown without a note about their age.
WORTH_A_WORD = timedelta(seconds=2)
_ALL_COMPLETE = "complete"


def headline(board: Board) -> str:
    """``89 of 95 customers complete · 4 struggling · 2 running (5–7 h left)``: what needs a person comes first."""
    if not board.total:
        return "No customer has anything to backfill"
    groups: dict[str, list[Backfill]] = {}
    for backfill in board.open:
        groups.setdefault(run_status.group(backfill), []).append(backfill)
    parts = [f"{len(members):,} {word}{_time_left(word, members, board)}" for word, members in groups.items()]
    unknown = [f"{board.unknown:,} unknown"] if board.unknown else []
    return " · ".join([words.completeness(board.complete, board.total, board.unknown), *parts, *unknown])


def _time_left(word: str, members: Sequence[Backfill], board: Board) -> str:
    """`` (5–7 h left for 3 of them)``: the estimated time until the last of these customers is complete. If only some
    of them have an estimate, the text says how many. "" if none has an estimate, or if ``word`` is not "running"."""
    works = [backfill.work for backfill in members if backfill.work]
    eta = until_last(works, board.slots)
    if word != State.RUNNING.value or eta is None:
        return ""
    of = "" if len(works) == len(members) else f" for {len(works):,} of them"
    return f" ({sizing.span(eta)} left{of})"


def ordered_rows(rows: Sequence[ClusterRow | Silent]) -> Sequence[ClusterRow | Silent]:
    """First the clusters that did not answer, then those with the most open customers, then the complete ones; last
    those that have nothing to backfill."""
    return sorted(rows, key=_order)


def _order(row: ClusterRow | Silent) -> float:
    if isinstance(row, Silent):
        return float("-inf")
    return row.complete - row.expected if row.is_applicable else 1


def table(rows: Sequence[ClusterRow | Silent], most: int | None = None) -> list[str]:
    """The rows as aligned lines below a header, narrow enough for a phone. Several clusters without customers share
    the last line. ``most`` limits the number of lines below the header; None is no limit."""
    own, idle = _with_own_line(rows)
    if most is not None and most < len(own) + len(idle):
        own, idle = own[:most], []
    cells = [(row.cluster, _share(row), _remark(row)) for row in own]
    return [*tables.aligned(("Cluster", "Done", ""), cells, right=frozenset({1})), *idle]


def plain_rows(rows: Sequence[ClusterRow | Silent], now: datetime) -> list[str]:
    """The rows as lines of plain text. Several clusters without customers share the last line."""
    own, idle = _with_own_line(rows)
    return [*(_plain_row(row, now) for row in own), *idle]


def _with_own_line(rows: Sequence[ClusterRow | Silent]) -> tuple[Sequence[ClusterRow | Silent], list[str]]:
    """The rows that get a line of their own. If several clusters have no customers, also the one line about these."""
    empty = [row for row in rows if isinstance(row, ClusterRow) and not row.customers]
    if len(empty) < 2:
        return rows, []
    return [row for row in rows if row not in empty], [words.without_work(len(empty))]


def _plain_row(row: ClusterRow | Silent, now: datetime) -> str:
    """``voice-prod 14/17 complete, 12 verified, 3 open``, ``eu-west-2-prod: nothing to backfill``."""
    if isinstance(row, Silent):
        return f"{row.cluster} unknown: {run_status.silent(row, now)}"
    if not row.is_applicable:
        return f"{row.cluster}: {_remark(row)}"
    remark = _remark(row)
    if row.unknown and not row.complete:
        return f"{row.cluster} {remark}"
    return f"{row.cluster} {row.share} complete" + (f", {remark}" if remark != _ALL_COMPLETE else "")


def items_with_line(board: Board) -> list[Backfill | ClusterRow]:
    """Everything that gets its own line: each open customer that has begun, worst first; then each cluster with
    customers that are not started or unknown."""
    begun = [backfill for backfill in board.open if backfill.state is not State.NOT_STARTED]
    return [*begun, *(row for row in board.answered if row.not_started or row.unknown)]


def open_line(item: Backfill | ClusterRow, board: Board) -> Line:
    """The line of an open customer, or the line about a cluster's customers that have not started, and about those
    whose state is unknown."""
    if isinstance(item, Backfill):
        about = run_status.headline(item, board.view_time(item.cluster), board.people)
        return about.then(Line.temporal(run_status.link(item)))
    groups = ("not started", item.not_started), ("unknown", item.unknown)
    parts = [
        f"{words.plural(len(members), 'customer')} {state}: {first_names(_names(members), NOT_STARTED_SHOWN)}"
        for state, members in groups
        if members
    ]
    return Line.about(item.cluster, f"has {'; '.join(parts)}.")


def names(row: ClusterRow) -> list[Line]:
    """The names of those of the cluster's customers that have no line of their own, grouped by state. A state with
    many customers takes several lines."""
    groups = (
        (State.NOT_STARTED.value, row.not_started),
        ("queued", _queued(row)),
        (State.UNKNOWN.value, row.unknown),
        (State.COMPLETE.value, _in_state(row, State.COMPLETE)),
        ("no rows in range", _in_state(row, State.NOT_APPLICABLE)),
    )
    return [line for state, members in groups for line in _names_in_lines(state.capitalize(), _names(members))]


def _names_in_lines(state: str, customers: Sequence[str]) -> list[Line]:
    if len(customers) <= NAMES_IN_LINE:
        return [Line.about(f"{state}:", f"{', '.join(customers)}.")] if customers else []
    parts = [customers[first : first + NAMES_IN_LINE] for first in range(0, len(customers), NAMES_IN_LINE)]
    firsts = range(1, len(customers) + 1, NAMES_IN_LINE)
    return [
        Line.about(f"{state} ({first:,}–{first + len(part) - 1:,} of {len(customers):,}):", f"{', '.join(part)}.")
        for first, part in zip(firsts, parts, strict=True)
    ]


def board_notes(board: Board) -> list[str]:
    """Notes about facts that no row shows, such as what is not known, and runs that are not recognised. If there are
    many, the last ones are left out."""
    notes: list[str] = []
    for row in board.answered:
        if row.source_silent:
            why = kit.clip(row.source_silent, run_status.LONGEST_WHY)
            notes.append(
                f"The source of {row.cluster} did not say whether what is not started there has rows: {why}."
            )
        if row.sequences_silent:
            why = kit.clip(row.sequences_silent, run_status.LONGEST_WHY)
            notes.append(f"Whether sequences are open on {row.cluster} is not known: {why}.")
    if half_known := [row for row in board.answered if row.history_silent]:
        names = [f"{row.cluster} ({kit.clip(row.history_silent, run_status.LONGEST_WHY)})" for row in half_known]
        where = first_names(names, NOTES_SHOWN)
        notes.append(f"What is unknown may be complete, since not all past runs are known: {where}.")
    if board.extras:
        names = [f"{backfill.customer} on {backfill.cluster} ({_briefly(backfill)})" for backfill in board.extras]
        notes.append(f"Seen but not expected, and not counted: {first_names(names, NOTES_SHOWN)}.")
    if board.unrecognised:
        refs = [run.execution.ref for run in board.unrecognised]
        names = [f"{kit.clip(ref.workflow_id, LONGEST_ID)} on {ref.cluster}" for ref in refs]
        number = words.plural(len(names), "execution")
        notes.append(f"{number} not recognised, and not counted: {first_names(names, NOTES_SHOWN)}.")
    if board.age >= WORTH_A_WORD:
        notes.insert(0, f"Attempts and heartbeats are up to {duration_text(board.age)} old.")
    return notes[: NOTES_SHOWN + 2]


def _share(row: ClusterRow | Silent) -> str:
    if isinstance(row, Silent):
        return "unknown"
    return row.share if row.is_applicable else "–"


def _remark(row: ClusterRow | Silent) -> str:
    if isinstance(row, Silent):
        return "did not answer"
    if not row.customers:
        return "nothing to backfill"
    if not row.is_applicable:
        return "no rows in range"
    still_open = len(row.open) - row.in_doubt
    counts = (
        ("verified", row.verified),
        ("in doubt", row.in_doubt),
        ("open", still_open),
        ("unknown", len(row.unknown)),
    )
    return ", ".join(f"{number:,} {word}" for word, number in counts if number) or _ALL_COMPLETE


def _in_state(row: ClusterRow, state: State) -> list[Backfill]:
    return [backfill for backfill in row.customers if backfill.state is state]


def _queued(row: ClusterRow) -> list[Backfill]:
    """The queued customers for whom nothing has run yet, in the order of the queue."""
    waiting = [(each.place.place, each) for each in _in_state(row, State.NOT_STARTED) if each.place]
    return [backfill for _, backfill in sorted(waiting, key=lambda pair: pair[0])]


def _briefly(backfill: Backfill) -> str:
    return f"{backfill.state.value}, {backfill.health.value}" if backfill.health else backfill.state.value


def _names(backfills: Sequence[Backfill]) -> list[str]:
    return [backfill.customer for backfill in backfills]
