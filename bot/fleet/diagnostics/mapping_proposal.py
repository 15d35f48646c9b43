"""Proposes a mapping for runs that the configured mapping does not recognise. A person decides whether to use it.
Pure.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from bot.fleet.diagnostics.end_evidence import EndEvidence
from bot.fleet.diagnostics.field_roles import customer_field, day_fields, is_clearly_customer, possible_counts
from bot.fleet.diagnostics.field_values import SampleRun, day_form
from bot.fleet.diagnostics.id_proposal import propose_id
from bot.fleet.diagnostics.mapping_reading import (
    SHARE,
    common_values,
    dated_runs,
    identities,
    reading_ends,
    windows_as_dated,
)
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.model import Window
from bot.model.execution import PARENT_HINT
from bot.model.placeholders import ISO
from bot.model.toml_text import inline_table, quoted


@dataclass(frozen=True, slots=True)
class MappingProposal:
    """A mapping that reads one source. It would recognise ``recognised`` of ``total`` runs.

    ``is_end_certain``: the runs show whether ends are included. ``is_customer_certain``: all customers are known, or
    the name of a field clearly means the customer.
    """

    source: Source
    mapping: IdentityMapping
    recognised: int
    total: int
    is_end_certain: bool
    is_customer_certain: bool = True

    @property
    def is_certain(self) -> bool:
        """Whether nothing is left for a person to decide."""
        return self.is_end_certain and self.is_customer_certain

    def with_end(self, *, included: bool) -> "MappingProposal":
        """The same proposal, with ends included or not, as a person has chosen."""
        mapping = reading_ends(self.mapping, self.source, included=included)
        return replace(self, mapping=mapping, is_end_certain=True)

    def toml(self) -> tuple[str, ...]:
        """The lines of [workflow.identity]."""
        mapping, names = self.mapping, [self.source.value]
        if self.source is Source.ATTRIBUTES:
            # A run does not show whether a value is a search attribute or a memo field of the same name, so both have
            # to be read in the same way.
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
    """The mapping that recognises the most of these runs; None if no mapping recognises enough of them."""
    return max(
        propose_mappings(runs, customers, campaign, zone), key=lambda proposal: proposal.recognised, default=None
    )


def propose_mappings(
    runs: Sequence[SampleRun], customers: Collection[str], campaign: Window | None, zone: tzinfo
) -> list[MappingProposal]:
    """The mappings that read one source and recognise at least the share ``SHARE`` of these runs. ``campaign`` is
    None if none is configured yet."""
    found = [*_of_fields(runs, customers, zone), *_of_ids(runs, customers, zone)]
    proposals = [_with_end(source, mapping, runs, campaign) for source, mapping in found]
    good = [
        proposal
        for proposal in proposals
        if proposal.recognised >= max(1, len(runs) * SHARE) and _are_for_customers(proposal, runs, customers)
    ]
    return [_with_customers(proposal, runs, customers) for proposal in good]


def _are_for_customers(proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]) -> bool:
    """Whether the mapping finds at least one known customer, or no customers are known. If it finds none of the known
    ones, it takes something else for customers."""
    return not customers or any(found and found.customer in customers for found in identities(proposal.mapping, runs))


def _with_customers(
    proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]
) -> MappingProposal:
    """The proposal, marked as certain about customers or not. In an id, the part that differs may be more than the
    customer, so only known customers or the name of a field make it certain."""
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
        by_name = common_values(values)
        forms = {name: form for name, texts in by_name.items() if (form := day_form(texts, zone))}
        texts = {name: texts for name, texts in by_name.items() if name not in forms}
        customer = customer_field(texts, customers)
        for form in dict.fromkeys(forms.values()):
            days = {name: by_name[name] for name, own in forms.items() if own == form}
            mapping = IdentityMapping((source,), zone, forms={source: form} if form != ISO else {})
            if keys := day_fields(customer, days, texts):
                yield source, _with_keys(mapping, keys)
            else:
                counted = (_with_keys(mapping, keys) for keys in possible_counts(customer, days, texts))
                yield from ((source, proven) for proven in _proven([*counted], runs))


def _with_keys(mapping: IdentityMapping, keys: Keys) -> IdentityMapping:
    return replace(mapping, input=keys) if Source.INPUT in mapping.sources else replace(mapping, attributes=keys)


def _proven(mappings: Sequence[IdentityMapping], runs: Sequence[SampleRun]) -> list[IdentityMapping]:
    """The only mapping whose counts of days make the windows meet; empty if there is not exactly one. Without this
    proof, any number could be a count."""
    found = [mapping for mapping in mappings if EndEvidence.of(windows_as_dated(mapping, runs), None).is_proof]
    return found if len(found) == 1 else []


def _of_ids(
    runs: Sequence[SampleRun], customers: Collection[str], zone: tzinfo
) -> Iterator[tuple[Source, IdentityMapping]]:
    """The mappings that read the workflow ids of the runs, or those of their parents, as far as these ids have a
    common form."""
    ids = [run.execution.ref.workflow_id for run in runs]
    if template := _template(ids, customers, zone):
        yield Source.ID, IdentityMapping((Source.ID,), zone, id=template)
    parents = [parent for run in runs if (parent := run.execution.hints.get(PARENT_HINT, ""))]
    if template := _template(parents, customers, zone):
        yield Source.PARENT, IdentityMapping((Source.PARENT,), zone, parent=template)


def _template(ids: Sequence[str], customers: Collection[str], zone: tzinfo) -> IdTemplate | None:
    """The template of these ids; None if they have none, or if its parts cannot be told apart."""
    try:
        text = propose_id(ids, customers, zone)
        return IdTemplate.of(text) if text else None
    except ValueError:
        return None


def _with_end(
    source: Source, mapping: IdentityMapping, runs: Sequence[SampleRun], campaign: Window | None
) -> MappingProposal:
    """A proposal for this mapping, with ends read as the evidence in the runs suggests."""
    keys = mapping.input or mapping.attributes
    template = mapping.id or mapping.parent
    has_end = bool(keys.end if keys else template and "{end" in str(template))
    included = reading_ends(mapping, source, included=True)
    evidence = EndEvidence.of(dated_runs(mapping, included, runs), campaign) if has_end else EndEvidence()
    chosen = included if has_end and evidence.leans_to_included else mapping
    recognised = sum(identity is not None for identity in identities(chosen, runs))
    return MappingProposal(source, chosen, recognised, len(runs), not has_end or evidence.is_certain)


def _written(mapping: IdentityMapping, source: Source) -> str:
    if source in (Source.ID, Source.PARENT):
        return quoted(str(mapping.id if source is Source.ID else mapping.parent))
    keys = {Source.INPUT: mapping.input, Source.MEMO: mapping.memo}.get(source, mapping.attributes)
    named = {"customer": keys.customer, "start": keys.start, "end": keys.end, "days": keys.days} if keys else {}
    return inline_table({name: text for name, text in named.items() if text})
