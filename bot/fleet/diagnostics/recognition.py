"""Shows what the last runs of a cluster are taken for, and what would recognise those that are not. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.mapping_proposal import MappingProposal
from bot.fleet.runs.identity import Source
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution
from bot.model.text import plural
from bot.redaction import redact_line

# How many characters of a name from outside a column shows.
WIDEST = 60
_NOT_RECOGNISED = "not recognised"
_HEAD = ("type", "customer", "days", "recognised by", "workflow id")


def recognition(
    runs: Sequence[Execution], recogniser: Recogniser, proposal: MappingProposal | None, table: str
) -> Answer:
    """A row for each run, and the ``proposal`` as lines for the ``table`` of the configuration."""
    if not runs:
        return Answer("no runs yet")
    rows = [_row(run, recogniser) for run in runs]
    missing = sum(row[1] == _NOT_RECOGNISED for row in rows)
    listed = "\n".join(_aligned([_HEAD, *rows]))
    last = f"the last {plural(len(runs), 'run')}"
    if not missing:
        return Answer(f"{_sources(rows)}: all of {last}\n{listed}")
    text = f"{missing} of {last} not recognised: they are shown as such, and fill no days"
    return Answer(listed, warnings=(text, *_proposed(proposal, table)))


def _row(run: Execution, recogniser: Recogniser) -> tuple[str, ...]:
    found = recogniser.recognise(run)
    if found is None:
        told = (_NOT_RECOGNISED, "", "input not read" if recogniser.needs_input(run) else "")
    else:
        told = (_shown(found.identity.customer), str(found.identity.window), found.source.value)
    return (_shown(run.workflow_type), *told, _shown(run.ref.workflow_id))


def _sources(rows: Sequence[tuple[str, ...]]) -> str:
    times = Counter(row[3] for row in rows)
    names = ", ".join(f"{source} ({number})" for source, number in times.most_common())
    return f"recognised by {names}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _proposed(proposal: MappingProposal | None, table: str) -> Iterator[str]:
    if proposal is None:
        yield "no mapping was found that would recognise them: docs/your-workflow.md says what a run needs"
        return
    yield f"this would recognise {proposal.recognised} of these {proposal.total}, if it is what they mean:"
    yield f"    [{table}.identity]"
    for line in proposal.toml():
        yield f"    {redact_line(line, 300)}"
    if not proposal.is_end_certain:
        yield '    # these runs do not show whether the end is the last day: then add end = "included"'
    if proposal.source is Source.ID:
        yield "    # instead of id_template"


def _shown(text: str) -> str:
    return redact_line(text, WIDEST)
