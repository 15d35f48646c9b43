"""Proposes a mapping for runs that the configured mapping does not recognise. A person decides whether to use it.
Pure.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import permutations

from bot.fleet.diagnostics.common_fields import CommonFields, common_fields
from bot.fleet.diagnostics.end_evidence import EndEvidence
from bot.fleet.diagnostics.field_roles import customer_field, day_fields, is_clearly_customer, possible_counts
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.id_proposal import propose_id
from bot.fleet.diagnostics.mapping_reading import (
    SHARE,
    dated_runs,
    identities,
    reading_ends,
    windows_as_dated,
)
from bot.fleet.diagnostics.plausible_days import are_days
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.model import Window
from bot.model.execution import PARENT_HINT
from bot.model.placeholders import ISO
from bot.model.toml_text import inline_table, quoted


@dataclass(frozen=True, slots=True)
class MappingProposal:
    """A mapping that reads customer and days from ``source``. If there is a ``customer_source``, the mapping reads
    the customer from there, and only the days from ``source``. The mapping would recognise ``recognised`` of
    ``total`` runs.

    ``is_end_certain``: the runs show whether an end is the last day or the day after it. ``is_customer_certain``: all
    customers are known, or the name of a field clearly means the customer.
    """

    source: Source
    mapping: IdentityMapping
    recognised: int
    total: int
    is_end_certain: bool
    is_customer_certain: bool = True
    customer_source: Source | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that are read, that of the customer first."""
        return (self.customer_source, self.source) if self.customer_source else (self.source,)

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
        lines = [f"{source} = {_written(mapping, source)}" for source in self.sources]
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
    """The mappings that read one source and recognise at least the share ``SHARE`` of these runs. If there are none,
    mappings that join two sources are tried. If exactly one of them recognises that share, the result is this one;
    otherwise it is empty. ``campaign`` is None if none is configured yet."""
    found = [*_of_fields(runs, customers, zone), *_of_ids(runs, customers, zone)]
    whole = [_with_end(source, mapping, runs, campaign) for source, mapping in found]
    if good := [_with_customers(each, runs, customers) for each in whole if _fits(each, runs, customers)]:
        return good
    parts = [
        replace(_with_end(source, mapping, runs, campaign), customer_source=customer_source)
        for customer_source, source, mapping in _of_parts(runs, customers, zone)
    ]
    good = [_with_customers(each, runs, customers) for each in parts if _fits(each, runs, customers)]
    return good if len(good) == 1 else []


def _fits(proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]) -> bool:
    mapping, is_enough = proposal.mapping, proposal.recognised >= max(1, len(runs) * SHARE)
    are_right = is_enough and _are_for_customers(proposal, runs, customers)
    return are_right and are_days(mapping, _keys(mapping, proposal.source), runs)


def _are_for_customers(proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]) -> bool:
    """Whether the mapping finds at least one known customer, or no customers are known. If it finds none of the known
    ones, it takes something else for customers."""
    return not customers or any(found and found.customer in customers for found in identities(proposal.mapping, runs))


def _with_customers(
    proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]
) -> MappingProposal:
    """The proposal, marked as certain about customers or not. It is certain if all customers that the mapping finds
    are known. If it reads the customer from a field, it is also certain if the field's name clearly means the
    customer. With ids, only known customers make the proposal certain, because the part that differs between ids may
    be more than the customer."""
    found = [identity.customer for identity in identities(proposal.mapping, runs) if identity]
    is_known = bool(customers) and {*found} <= {*customers}
    keys = _keys(proposal.mapping, proposal.sources[0])
    return replace(proposal, is_customer_certain=is_known or bool(keys and is_clearly_customer(keys.customer)))


def _of_fields(
    runs: Sequence[SampleRun], customers: Collection[str], zone: tzinfo
) -> Iterator[tuple[Source, IdentityMapping]]:
    for source, fields in common_fields(runs, zone).items():
        if customer := customer_field(fields.texts, customers):
            mapping = IdentityMapping((source,), zone)
            yield from ((source, dated) for dated in _with_days(mapping, source, customer, fields, runs))


def _of_parts(
    runs: Sequence[SampleRun], customers: Collection[str], zone: tzinfo
) -> Iterator[tuple[Source, Source, IdentityMapping]]:
    """The mappings that read the customer from the fields of one source and the days from the fields of another. Each
    result is the source of the customer, the source of the days, and the mapping. If a source has several dates, no
    result reads the customer from it: two of its dates may be the days, and then the days in another source may be
    the wrong ones."""
    by_source = common_fields(runs, zone)
    for customer_source, source in permutations(by_source, 2):
        own = by_source[customer_source]
        customer = customer_field(own.texts, customers) if len(own.forms) < 2 else ""
        if customer:
            mapping = _with_keys(IdentityMapping((customer_source, source), zone), customer_source, Keys(customer))
            for dated in _with_days(mapping, source, "", by_source[source], runs):
                yield customer_source, source, dated


def _with_days(
    mapping: IdentityMapping, source: Source, customer: str, fields: CommonFields, runs: Sequence[SampleRun]
) -> Iterator[IdentityMapping]:
    """The mapping, extended to read the days from this source. There is one result for each form of dates for which
    the names or values of the fields show which fields hold the days. If ``customer`` is not "", the mapping also
    reads the customer from this source."""
    for form, days in fields.days_by_form.items():
        of_form = replace(mapping, forms={source: form} if form != ISO else {})
        if keys := day_fields(customer, days, fields.texts):
            yield _with_keys(of_form, source, keys)
        else:
            counted = possible_counts(customer, days, fields.texts)
            yield from _proven([_with_keys(of_form, source, keys) for keys in counted], runs)


def _with_keys(mapping: IdentityMapping, source: Source, keys: Keys) -> IdentityMapping:
    return replace(mapping, input=keys) if source is Source.INPUT else replace(mapping, attributes=keys)


def _keys(mapping: IdentityMapping, source: Source) -> Keys | None:
    by_source = {Source.INPUT: mapping.input, Source.MEMO: mapping.memo, Source.ATTRIBUTES: mapping.attributes}
    return by_source.get(source)


def _proven(mappings: Sequence[IdentityMapping], runs: Sequence[SampleRun]) -> list[IdentityMapping]:
    """The only mapping whose counts of days are proven: with them, windows of a customer end where other windows of
    that customer begin. Empty if there is not exactly one such mapping. Without this proof, any number in the runs
    could be taken for a count of days."""
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
    """The template of these ids; None if no template fits them, or if the parts of the template cannot be told
    apart."""
    try:
        text = propose_id(ids, customers, zone)
        return IdTemplate.of(text) if text else None
    except ValueError:
        return None


def _with_end(
    source: Source, mapping: IdentityMapping, runs: Sequence[SampleRun], campaign: Window | None
) -> MappingProposal:
    """A proposal for this mapping. The evidence in the runs decides whether the mapping reads an end as the last day
    or as the day after the last."""
    keys = _keys(mapping, source)
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
    keys = _keys(mapping, source)
    return inline_table(keys.by_field if keys else {})
