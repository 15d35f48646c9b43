"""Shows how the last runs of a cluster are recognised, and proposes a mapping for runs that are not. Pure."""

from collections.abc import Sequence

from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.mapping_facts import (
    MappingProposed,
    NoMappingFound,
    RecentRunRows,
    RunRow,
    RunsUnrecognised,
)
from bot.fleet.diagnostics.mapping_proposal import MappingProposal
from bot.fleet.runs.identity import Source
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution
from bot.redaction import redact_line

# In characters: the widest column of names, and the longest line of a proposal.
WIDEST = 60
LONGEST_LINE = 300


def recognition(
    runs: Sequence[Execution], recogniser: Recogniser, proposal: MappingProposal | None, table: str
) -> Answer:
    """The answer with one row for each run. If some are not recognised, it warns, and adds the ``proposal`` for the
    section ``table`` of the configuration. ``proposal`` is None if no mapping was found."""
    rows = tuple(_row(run, recogniser) for run in runs)
    missing = sum(not row.customer for row in rows)
    if not missing:
        return Answer((RecentRunRows(rows),))
    proposed = _proposed(proposal, table) if proposal else NoMappingFound()
    return Answer((RecentRunRows(rows),), warnings=(RunsUnrecognised(missing, len(rows)), proposed))


def _row(run: Execution, recogniser: Recogniser) -> RunRow:
    names = _shown(run.workflow_type), _shown(run.ref.workflow_id)
    found = recogniser.recognise(run)
    if found is None:
        return RunRow(*names, is_input_unread=recogniser.needs_input(run))
    source, *others = (source.value for source in found.sources)
    identity, days_source = found.identity, others[0] if others else ""
    return RunRow(*names, _shown(identity.customer), identity.window, source, days_source=days_source)


def _proposed(proposal: MappingProposal, table: str) -> MappingProposed:
    return MappingProposed(
        table,
        tuple(redact_line(line, LONGEST_LINE) for line in proposal.toml()),
        proposal.recognised,
        proposal.total,
        proposal.is_end_certain,
        is_of_ids=Source.ID in proposal.sources,
    )


def _shown(text: str) -> str:
    return redact_line(text, WIDEST)
