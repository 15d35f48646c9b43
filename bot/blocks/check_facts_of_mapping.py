"""What the check of the identity mapping finds, in plain text."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.blocks.same_days import same_days
from bot.blocks.words import plural
from bot.fleet.diagnostics.mapping_facts import (
    ArgumentsUnreadable,
    ClusterAway,
    FiltersApart,
    MappingFact,
    MappingProposed,
    NoMappingFound,
    RecentRunRows,
    RunRow,
    RunsUnrecognised,
    SharedRuns,
)
from bot.fleet.diagnostics.same_days import SameDays

_HEAD = ("type", "customer", "days", "recognised by", "workflow id")
_NOT_RECOGNISED = "not recognised"


def text(fact: MappingFact) -> str:  # noqa: PLR0911  (one line a kind is the point)
    """The fact as lines of the report."""
    match fact:
        case RecentRunRows(rows):
            return _table(rows) if rows else "no runs yet"
        case RunsUnrecognised(unrecognised, number):
            last = f"the last {plural(number, 'run')}"
            return f"{unrecognised} of {last} not recognised: they are shown as such, and fill no days"
        case MappingProposed():
            return "\n".join(_proposed(fact))
        case NoMappingFound():
            return "no mapping was found that would recognise them: docs/your-workflow.md says what a run needs"
        case ArgumentsUnreadable(number, has_codec):
            missing = "they need a codec server: see codec in [clusters.NAME]"
            why = "the codec server does not decode them" if has_codec else missing
            return f"no argument of {plural(number, 'run')} of these can be read: if they are encrypted, {why}"
        case ClusterAway():
            return "not known: its Temporal does not answer"
        case SharedRuns(cluster, other, number, example):
            return f"the filters of {cluster} and {other} both find {number} of their last runs, such as {example}"
        case SameDays():
            return same_days(fact)
        case FiltersApart(clusters):
            return f"the filters of {', '.join(clusters)} find no run twice"


def _table(rows: Sequence[RunRow]) -> str:
    listed = "\n".join(_aligned([_HEAD, *map(_cells, rows)]))
    if not all(row.customer for row in rows):
        return listed
    times = Counter(map(_sources, rows))
    sources = ", ".join(f"{source} ({number})" for source, number in times.most_common())
    return f"recognised by {sources}: all of the last {plural(len(rows), 'run')}\n{listed}"


def _cells(row: RunRow) -> tuple[str, ...]:
    unread = "input not read" if row.is_input_unread else ""
    days = str(row.window) if row.window else ""
    return (row.workflow_type, row.customer or _NOT_RECOGNISED, days, _sources(row) or unread, row.workflow_id)


def _sources(row: RunRow) -> str:
    return f"{row.source} and {row.days_source}" if row.days_source else row.source


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _proposed(fact: MappingProposed) -> Iterator[str]:
    yield f"this would recognise {fact.recognised} of these {fact.number}, if it is what they mean:"
    yield f"    [{fact.table}.identity]"
    yield from (f"    {line}" for line in fact.lines)
    if not fact.is_end_certain:
        yield '    # these runs do not show whether the end is the last day: then add end = "included"'
    if fact.is_of_ids:
        yield "    # instead of id_template"
