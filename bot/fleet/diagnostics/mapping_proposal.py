"""Proposes the mapping that would recognise runs which the configured one does not. A person decides: the bot takes
up nothing by itself. Pure.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import pairwise, permutations

from bot.fleet.diagnostics.field_values import SampleRun, day_form
from bot.fleet.diagnostics.id_proposal import propose_id
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.input_hints import input_hints
from bot.fleet.runs.mapping import IdentityMapping, Keys
from bot.model import Window
from bot.model.placeholders import ISO

_NAMES = {
    "customer": re.compile(r"customer|tenant|client|account|\borg|company|slug", re.IGNORECASE),
    "start": re.compile(r"start|from|since|begin|first|lower", re.IGNORECASE),
    "end": re.compile(r"end|to$|until|till|last|through|upper", re.IGNORECASE),
    "days": re.compile(r"days|count|length", re.IGNORECASE),
}
# At least this share of the runs has to be recognised.
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class MappingProposal:
    """A mapping of one source. ``recognised`` of ``total`` runs would be recognised by it. ``is_end_certain``: the
    runs show whether ends are included."""

    source: Source
    mapping: IdentityMapping
    recognised: int
    total: int
    is_end_certain: bool

    def toml(self) -> tuple[str, ...]:
        """The lines of [workflow.identity]."""
        mapping, names = self.mapping, [self.source.value]
        if self.source is Source.ATTRIBUTES:
            # A memo field of the same name looks alike, so it has to mean the same.
            names.append(Source.MEMO.value)
        lines = [f"{self.source} = {_written(mapping, self.source)}"]
        form = mapping.forms.get(self.source, ISO)
        if form != ISO:
            lines.append(f"dates = {_table(dict.fromkeys(names, form))}")
        if self.source in mapping.end_included:
            lines.append(f"end = {_table(dict.fromkeys(names, 'included'))}")
        return tuple(lines)


def propose_mapping(
    runs: Sequence[SampleRun], customers: Collection[str], campaign: Window, zone: tzinfo
) -> MappingProposal | None:
    """The mapping that recognises the most of these runs; None when none recognises enough of them."""
    found = [*_of_fields(runs, customers, zone), *_of_ids(runs, customers, zone)]
    proposals = [_with_end(source, mapping, runs, campaign) for source, mapping in found]
    good = [
        proposal
        for proposal in proposals
        if proposal.recognised >= max(1, len(runs) * _SHARE) and _are_for_customers(proposal, runs, customers)
    ]
    return max(good, key=lambda proposal: proposal.recognised, default=None)


def _are_for_customers(proposal: MappingProposal, runs: Sequence[SampleRun], customers: Collection[str]) -> bool:
    """Whether some of them are for customers that are known. Where none is, something else was taken for them."""
    return not customers or any(found.customer in customers for found in _identities(proposal.mapping, runs))


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
        customer = _customer(texts, customers)
        for form in dict.fromkeys(forms.values()):
            keys = _keys(customer, {name: by_name[name] for name, own in forms.items() if own == form}, texts)
            if keys:
                mapping = IdentityMapping((source,), zone, forms={source: form})
                is_input = source is Source.INPUT
                yield source, replace(mapping, input=keys) if is_input else replace(mapping, attributes=keys)


def _of_ids(
    runs: Sequence[SampleRun], customers: Collection[str], zone: tzinfo
) -> Iterator[tuple[Source, IdentityMapping]]:
    template = propose_id([run.execution.ref.workflow_id for run in runs], customers, zone)
    if template:
        yield Source.ID, IdentityMapping((Source.ID,), zone, id=IdTemplate.of(template))


def _common(values: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The values of the names that most runs have, which are not empty."""
    names = dict.fromkeys(name for fields in values for name in fields)
    by_name = {name: [text for fields in values if (text := fields.get(name, "").strip())] for name in names}
    return {name: texts for name, texts in by_name.items() if len(texts) >= max(1, len(values) * _SHARE)}


def _customer(texts: Mapping[str, Sequence[str]], customers: Collection[str]) -> str:
    """The name of the field that holds customers, "" when that is not clear."""
    known = [name for name, values in texts.items() if {*values} <= {*customers}]
    named = [name for name in texts if _NAMES["customer"].search(_last_step(name))]
    for candidates in ([name for name in known if name in named], known, named):
        if candidates:
            return candidates[0] if len(candidates) == 1 else ""
    return ""


def _keys(customer: str, days: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]) -> Keys | None:
    starts = [name for name in days if _NAMES["start"].search(_last_step(name))]
    ends = [name for name in days if _NAMES["end"].search(_last_step(name)) and name not in starts]
    if not customer or not days:
        return None
    if len(starts) == len(ends) == 1:
        return Keys(customer, starts[0], ends[0])
    if len(days) == 2:
        ordered = [pair for pair in permutations(days) if _is_ordered(days[pair[0]], days[pair[1]])]
        return Keys(customer, *ordered[0]) if len(ordered) == 1 else None
    counts = [name for name in others if _NAMES["days"].search(_last_step(name)) and _are_counts(others[name])]
    if len(days) == len(counts) == 1:
        return Keys(customer, next(iter(days)), days=counts[0])
    return None


def _is_ordered(starts: Sequence[str], ends: Sequence[str]) -> bool:
    """Whether each end is later; texts of one form and length order as their days do."""
    pairs = list(zip(starts, ends, strict=False))
    return len(starts) == len(ends) and all((len(a), a) <= (len(b), b) for a, b in pairs) and starts != ends


def _are_counts(texts: Sequence[str]) -> bool:
    return all(text.isascii() and text.isdigit() and 0 < int(text) < 10_000 for text in (t[:6] for t in texts))


def _last_step(name: str) -> str:
    return name.rpartition(".")[2]


def _with_end(
    source: Source, mapping: IdentityMapping, runs: Sequence[SampleRun], campaign: Window
) -> MappingProposal:
    """The same with the kind of end that fits the runs: what leaves no gap, no overlap, and no day outside."""
    included = replace(mapping, end_included=frozenset({source}))
    if mapping.id is not None:
        included = replace(included, id=IdTemplate.of(str(mapping.id), end_included=True))
    choices = [(_identities(choice, runs), choice) for choice in (mapping, included)]
    scores = [(len(found), _fit(found, campaign)) for found, _ in choices]
    best = 1 if scores[1] > scores[0] else 0
    has_end = mapping != included and not (mapping.input or mapping.attributes or Keys("")).days
    is_certain = not has_end or scores[0] != scores[1]
    return MappingProposal(source, choices[best][1], scores[best][0], len(runs), is_certain)


def _identities(mapping: IdentityMapping, runs: Sequence[SampleRun]) -> list[Identity]:
    paths = mapping.input.names if mapping.input else ()
    executions = [
        replace(run.execution, hints={**run.hints, **input_hints(run.arguments, paths)}) if paths else run.execution
        for run in runs
    ]
    return [found.identity for found in map(mapping.recognise, executions) if found]


def _fit(identities: Sequence[Identity], campaign: Window) -> int:
    """How many windows begin where another one of the customer ends, or end with the campaign."""
    windows: dict[str, set[Window]] = {}
    for identity in identities:
        windows.setdefault(identity.customer, set()).add(identity.window)
    meeting = sum(a.end == b.start for own in windows.values() for a, b in pairwise(sorted(own)))
    return meeting + sum(window.end == campaign.end for own in windows.values() for window in own)


def _written(mapping: IdentityMapping, source: Source) -> str:
    if source is Source.ID:
        return json.dumps(str(mapping.id), ensure_ascii=False)
    keys = (mapping.input if source is Source.INPUT else mapping.attributes) or Keys("")
    named = {"customer": keys.customer, "start": keys.start, "end": keys.end, "days": keys.days}
    return _table({name: text for name, text in named.items() if text})


def _table(texts: Mapping[str, str]) -> str:
    """An inline table of TOML, whose texts are written as those of JSON."""
    fields = (f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in texts.items())
    return f"{{ {', '.join(fields)} }}"
