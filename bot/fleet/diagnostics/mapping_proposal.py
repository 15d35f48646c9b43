"""Proposes the mapping that would recognise runs which the configured one does not. A person decides: the bot takes
up nothing by itself. Pure.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from bot.fleet.diagnostics.end_evidence import DatedRun, EndEvidence
from bot.fleet.diagnostics.field_roles import count_fields, customer_field, day_fields, is_clearly_customer
from bot.fleet.diagnostics.field_values import SampleRun, day_form
from bot.fleet.diagnostics.id_proposal import propose_id
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.input_hints import input_hints
from bot.fleet.runs.mapping import IdentityMapping
from bot.model import Execution, Window
from bot.model.execution import PARENT_HINT
from bot.model.placeholders import ISO
from bot.model.toml_text import inline_table, quoted

# At least this share of the runs has to be recognised.
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class MappingProposal:
    """A mapping of one source. ``recognised`` of ``total`` runs would be recognised by it.

    ``is_end_certain``: the runs show whether ends are included. ``is_customer_certain``: all customers are known, or
    a field is named as that of the customer.
    """

    source: Source
    mapping: IdentityMapping
    recognised: int
    total: int
    is_end_certain: bool
    is_customer_certain: bool = True

    @property
    def is_certain(self) -> bool:
        """Whether the runs leave nothing open."""
        return self.is_end_certain and self.is_customer_certain

    def with_end(self, *, included: bool) -> "MappingProposal":
        """The same proposal with the reading of ends that somebody has chosen."""
        mapping = _reading_ends(self.mapping, self.source, included=included)
        return replace(self, mapping=mapping, is_end_certain=True)

    def toml(self) -> tuple[str, ...]:
        """The lines of [workflow.identity]."""
        mapping, names = self.mapping, [self.source.value]
        if self.source is Source.ATTRIBUTES:
            # A memo field of the same name looks alike, so it has to mean the same.
            names.append(Source.MEMO.value)
        lines = [f"{self.source} = {_written(mapping, self.source)}"]
        form = mapping.forms.get(self.source)
        if form:
            lines.append(f"dates = {inline_table(dict.fromkeys(names, form))}")
        if self.source in mapping.end_included:
            lines.append(f"end = {inline_table(dict.fromkeys(names, 'included'))}")
        return tuple(lines)


def propose_mapping(
    runs: Sequence[SampleRun], customers: Collection[str], campaign: Window, zone: tzinfo
) -> MappingProposal | None:
    """The mapping that recognises the most of these runs; None when none recognises enough of them."""
    return max(
        propose_mappings(runs, customers, campaign, zone), key=lambda proposal: proposal.recognised, default=None
    )


def propose_mappings(
    runs: Sequence[SampleRun], customers: Collection[str], campaign: Window | None, zone: tzinfo
) -> list[MappingProposal]:
    """The mapping of each source that recognises enough of these runs; without a ``campaign`` none is configured."""
    found = [*_of_fields(runs, customers, zone), *_of_ids(runs, customers, zone)]
    proposals = [_with_end(source, mapping, runs, campaign) for source, mapping in found]
    good = [
        proposal
        for proposal in proposals
        if proposal.recognised >= max(1, len(runs) * _SHARE) and _are_for_customers(proposal, runs, customers)
    ]
    return [_with_customers(proposal, runs, customers) for proposal in good]


def identities(mapping: IdentityMapping, runs: Sequence[SampleRun]) -> list[Identity | None]:
    """What each run is taken for by this mapping."""
    found = (mapping.recognise(run_with_input(mapping, run)) for run in runs)
    return [recognised.identity if recognised else None for recognised in found]


def run_with_input(mapping: IdentityMapping, run: SampleRun) -> Execution:
    """The run with what its arguments tell at the paths of the mapping."""
    paths = mapping.input.names if mapping.input else ()
    hints = {**run.execution.hints, **input_hints(run.arguments, paths)} if paths else run.execution.hints
    return replace(run.execution, hints=hints)


def _are_for_customers(proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]) -> bool:
    """Whether some of them are for customers that are known. Where none is, something else was taken for them."""
    return not customers or any(found and found.customer in customers for found in identities(proposal.mapping, runs))


def _with_customers(
    proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]
) -> MappingProposal:
    """Whether the customers are certain. In an id, what differs may hold more than the customer."""
    found = [identity.customer for identity in identities(proposal.mapping, runs) if identity]
    is_known = bool(customers) and {*found} <= {*customers}
    keys = proposal.mapping.input or proposal.mapping.attributes
    return replace(proposal, is_customer_certain=is_known or bool(keys and is_clearly_customer(keys.customer)))


def _of_fields(
    runs: Sequence[SampleRun], customers: Collection[str], zone: tzinfo
) -> Iterator[tuple[Source, IdentityMapping]]:
    for source, values in (
        (Source.ATTRIBUTES, [run.hints for run in runs]),
        (Source.INPUT, [run.inputs for run in runs]),
    ):
        by_name = _common(values)
        forms = {name: form for name, texts in by_name.items() if (form := day_form(texts, zone))}
        texts = {name: texts for name, texts in by_name.items() if name not in forms}
        customer = customer_field(texts, customers)
        for form in dict.fromkeys(forms.values()):
            keys = day_fields(customer, {name: by_name[name] for name, own in forms.items() if own == form}, texts)
            if keys:
                mapping = IdentityMapping((source,), zone, forms={source: form} if form != ISO else {})
                is_input = source is Source.INPUT
                yield source, replace(mapping, input=keys) if is_input else replace(mapping, attributes=keys)


def _of_ids(
    runs: Sequence[SampleRun], customers: Collection[str], zone: tzinfo
) -> Iterator[tuple[Source, IdentityMapping]]:
    """By the ids of the runs, and by those of their parents."""
    template = propose_id([run.execution.ref.workflow_id for run in runs], customers, zone)
    if template:
        yield Source.ID, IdentityMapping((Source.ID,), zone, id=IdTemplate.of(template))
    parents = [parent for run in runs if (parent := run.execution.hints.get(PARENT_HINT, ""))]
    template = propose_id(parents, customers, zone)
    if template:
        yield Source.PARENT, IdentityMapping((Source.PARENT,), zone, parent=IdTemplate.of(template))


def _common(values: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The values of the names that most runs have, which are not empty."""
    names = dict.fromkeys(name for fields in values for name in fields)
    by_name = {name: [text for fields in values if (text := fields.get(name, "").strip())] for name in names}
    return {name: texts for name, texts in by_name.items() if len(texts) >= max(1, len(values) * _SHARE)}


def _with_end(
    source: Source, mapping: IdentityMapping, runs: Sequence[SampleRun], campaign: Window | None
) -> MappingProposal:
    """The same with the reading of ends that the runs speak for."""
    keys = mapping.input or mapping.attributes
    template = mapping.id or mapping.parent
    has_end = bool(keys.end if keys else template and "{end" in str(template))
    included = _reading_ends(mapping, source, included=True)
    evidence = EndEvidence.of(_dated(mapping, included, runs), campaign) if has_end else EndEvidence()
    chosen = included if has_end and evidence.leans_to_included else mapping
    recognised = sum(identity is not None for identity in identities(chosen, runs))
    return MappingProposal(source, chosen, recognised, len(runs), not has_end or evidence.is_certain)


def _reading_ends(mapping: IdentityMapping, source: Source, *, included: bool) -> IdentityMapping:
    ends = frozenset({source}) if included else frozenset[Source]()
    reading = replace(mapping, end_included=ends)
    if isinstance(mapping.id, IdTemplate):
        reading = replace(reading, id=IdTemplate.of(str(mapping.id), end_included=included))
    if isinstance(mapping.parent, IdTemplate):
        reading = replace(reading, parent=IdTemplate.of(str(mapping.parent), end_included=included))
    return reading


def _dated(excluded: IdentityMapping, included: IdentityMapping, runs: Sequence[SampleRun]) -> list[DatedRun]:
    """The runs with their ends as written, which are the last days where ends are read as included."""
    names = count_fields(_common([{**run.hints, **run.inputs} for run in runs]))
    readings = zip(runs, identities(excluded, runs), identities(included, runs), strict=True)
    return [
        DatedRun(identity.customer, identity.window.start, identity.window.last, other is None, _count(run, names))
        for run, other, identity in readings
        if identity
    ]


def _count(run: SampleRun, names: Sequence[str]) -> int | None:
    """The count of days that stands beside the dates; None without exactly one."""
    return int({**run.hints, **run.inputs}.get(names[0], 0)) if len(names) == 1 else None


def _written(mapping: IdentityMapping, source: Source) -> str:
    if source in (Source.ID, Source.PARENT):
        return quoted(str(mapping.id if source is Source.ID else mapping.parent))
    keys = {Source.INPUT: mapping.input, Source.MEMO: mapping.memo}.get(source, mapping.attributes)
    named = {"customer": keys.customer, "start": keys.start, "end": keys.end, "days": keys.days} if keys else {}
    return inline_table({name: text for name, text in named.items() if text})
