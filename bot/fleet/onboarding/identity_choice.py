"""Chooses among the mappings that fit the runs of a type, and says what a person has to decide. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.mapping_proposal import MappingProposal
from bot.fleet.diagnostics.mapping_reading import identities
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping

# The order in which sources are preferred. Sources that cost no further call come first.
_ORDER = (Source.ATTRIBUTES, Source.MEMO, Source.INPUT, Source.ID, Source.PARENT)
# Two sources confirm each other if they read at least this many different identities, and the same ones.
_ENOUGH = 2


class Doubt(StrEnum):
    """A question that the runs leave open."""

    END = "end"
    CUSTOMER = "customer"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class IdentityChoice:
    """The mappings to use, in the order in which they are tried. A person has to settle the ``doubts`` first."""

    proposals: tuple[MappingProposal, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that are read, in order."""
        return tuple(source for proposal in self.proposals for source in proposal.sources)

    @property
    def mapping(self) -> IdentityMapping:
        """All mappings joined into one."""
        mappings = [proposal.mapping for proposal in self.proposals]
        ids = [mapping.id for mapping in mappings if mapping.id]
        parents = [mapping.parent for mapping in mappings if mapping.parent]
        return replace(
            mappings[0],
            sources=self.sources,
            attributes=next(filter(None, (mapping.attributes for mapping in mappings)), None),
            memo=next(filter(None, (mapping.memo for mapping in mappings)), None),
            input=next(filter(None, (mapping.input for mapping in mappings)), None),
            id=ids[0] if ids else None,
            parent=parents[0] if parents else None,
            forms={source: form for mapping in mappings for source, form in mapping.forms.items()},
            end_included=frozenset().union(*(mapping.end_included for mapping in mappings)),
        )

    def with_end(self, *, included: bool) -> "IdentityChoice":
        """The choice after a person has decided whether ends of the first source are included."""
        first, *others = self.proposals
        return self._settled(Doubt.END, (first.with_end(included=included), *others))

    def with_customers(self) -> "IdentityChoice":
        """The choice after a person has checked the customers."""
        first, *others = self.proposals
        return self._settled(Doubt.CUSTOMER, (replace(first, is_customer_certain=True), *others))

    def from_source(self, source: Source) -> "IdentityChoice":
        """The choice with only the source that a person has chosen."""
        return self._settled(Doubt.SOURCE, tuple(each for each in self.proposals if each.source is source))

    def _settled(self, doubt: Doubt, proposals: tuple[MappingProposal, ...]) -> "IdentityChoice":
        return IdentityChoice(proposals, tuple(other for other in self.doubts if other is not doubt))


def choose_identity(
    proposals: Sequence[MappingProposal], runs: Sequence[SampleRun], registered: Collection[str] | None
) -> IdentityChoice | None:
    """The choice; None if there is no proposal. ``registered`` are the search attributes of the namespaces; None if
    they are unknown."""
    if not proposals:
        return None
    ranked = sorted(
        (_as_memo(proposal, registered) for proposal in proposals),
        key=lambda each: (-each.recognised, not each.is_certain, _ORDER.index(each.source)),
    )
    first = _confirmed(ranked[0], ranked[1:], runs)
    certain = [each for other in ranked[1:] if (each := _confirmed(other, [first], runs)).is_certain]
    rivals = [each for each in certain if not _agree(first, each, runs)]
    if rivals and first.is_certain:
        return IdentityChoice((first, *rivals), (Doubt.SOURCE,))
    added = tuple(_completing(first, [each for each in certain if each not in rivals], runs))
    return IdentityChoice((first, *added), tuple(_doubts(first)))


def _doubts(proposal: MappingProposal) -> Iterator[Doubt]:
    if not proposal.is_customer_certain:
        yield Doubt.CUSTOMER
    if not proposal.is_end_certain:
        yield Doubt.END


def _as_memo(proposal: MappingProposal, registered: Collection[str] | None) -> MappingProposal:
    """The same mapping, read from the memo if none of its fields is a search attribute."""
    mapping, keys = proposal.mapping, proposal.mapping.attributes
    if keys is None or registered is None or {*keys.names} & {*registered}:
        return proposal
    memo = replace(
        mapping,
        sources=tuple(map(_memo_for, mapping.sources)),
        attributes=None,
        memo=keys,
        forms={_memo_for(source): form for source, form in mapping.forms.items()},
        end_included=frozenset(map(_memo_for, mapping.end_included)),
    )
    of_customer = proposal.customer_source
    return replace(
        proposal,
        source=_memo_for(proposal.source),
        customer_source=_memo_for(of_customer) if of_customer else None,
        mapping=memo,
    )


def _memo_for(source: Source) -> Source:
    return Source.MEMO if source is Source.ATTRIBUTES else source


def _confirmed(
    first: MappingProposal, others: Sequence[MappingProposal], runs: Sequence[SampleRun]
) -> MappingProposal:
    """The proposal ``first``. It becomes certain if it reads the same identities as one of ``others`` that is already
    certain. This also settles whether the ends that ``first`` reads are included."""
    for other in others:
        if first.is_certain or not other.is_certain:
            continue
        readings = [first] if first.is_end_certain else [first.with_end(included=kind) for kind in (False, True)]
        agreeing = [each for each in readings if _common(each, other, runs) >= _ENOUGH and _agree(each, other, runs)]
        if len(agreeing) == 1:
            first = replace(agreeing[0], is_end_certain=True, is_customer_certain=True)
    return first


def _agree(first: MappingProposal, other: MappingProposal, runs: Sequence[SampleRun]) -> bool:
    return all(a == b for a, b in _pairs(first, other, runs))


def _common(first: MappingProposal, other: MappingProposal, runs: Sequence[SampleRun]) -> int:
    return len({a for a, _ in _pairs(first, other, runs)})


def _pairs(
    first: MappingProposal, other: MappingProposal, runs: Sequence[SampleRun]
) -> list[tuple[Identity, Identity]]:
    """For each run that both mappings recognise, the two identities that they read."""
    both = zip(identities(first.mapping, runs), identities(other.mapping, runs), strict=True)
    return [(a, b) for a, b in both if a and b]


def _completing(
    first: MappingProposal, others: Sequence[MappingProposal], runs: Sequence[SampleRun]
) -> Iterator[MappingProposal]:
    """The proposals that recognise runs which no earlier proposal recognises."""
    missing = {n for n, identity in enumerate(identities(first.mapping, runs)) if identity is None}
    for other in others:
        found = {n for n, identity in enumerate(identities(other.mapping, runs)) if identity}
        if missing & found:
            missing -= found
            yield other
