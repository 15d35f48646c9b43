"""Recognises runs by a mapping that is only being considered, and finds the values that most runs carry. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.fleet.diagnostics.end_evidence import DatedRun
from bot.fleet.diagnostics.field_roles import count_fields
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.input_hints import input_hints
from bot.fleet.runs.mapping import IdentityMapping
from bot.model import Execution

# A field, or a proposal, is considered only if it fits at least this share of the runs.
SHARE = 0.5


def identities(mapping: IdentityMapping, runs: Sequence[SampleRun]) -> list[Identity | None]:
    """The identity that this mapping gives to each run."""
    found = (mapping.recognise(run_with_input(mapping, run)) for run in runs)
    return [recognised.identity if recognised else None for recognised in found]


def run_with_input(mapping: IdentityMapping, run: SampleRun) -> Execution:
    """The run, whose hints now also have the values of the arguments that the mapping reads."""
    paths = mapping.input.names if mapping.input else ()
    hints = {**run.execution.hints, **input_hints(run.arguments, paths)} if paths else run.execution.hints
    return replace(run.execution, hints=hints)


def common_values(values: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The fields that have a value in enough of the runs (at least the share ``SHARE``), each with its values that
    are not empty. ``values`` has the fields of each run."""
    names = dict.fromkeys(name for fields in values for name in fields)
    by_name = {name: [text for fields in values if (text := fields.get(name, "").strip())] for name in names}
    return {name: texts for name, texts in by_name.items() if len(texts) >= max(1, len(values) * SHARE)}


def reading_ends(mapping: IdentityMapping, source: Source, *, included: bool) -> IdentityMapping:
    """The same mapping, but it reads an end in ``source`` as the last day if ``included``, and otherwise as the day
    after the last."""
    ends = frozenset({source}) if included else frozenset[Source]()
    reading = replace(mapping, end_included=ends)
    if isinstance(mapping.id, IdTemplate):
        reading = replace(reading, id=IdTemplate.of(str(mapping.id), end_included=included))
    if isinstance(mapping.parent, IdTemplate):
        reading = replace(reading, parent=IdTemplate.of(str(mapping.parent), end_included=included))
    return reading


def dated_runs(excluded: IdentityMapping, included: IdentityMapping, runs: Sequence[SampleRun]) -> list[DatedRun]:
    """The recognised runs with their ends as written. ``excluded`` and ``included`` are the same mapping, but the
    first reads an end as the day after the last, and the second as the last day."""
    names = count_fields(common_values([{**run.hints, **run.inputs} for run in runs]))
    readings = zip(runs, identities(excluded, runs), identities(included, runs), strict=True)
    return [
        DatedRun(identity.customer, identity.window.start, identity.window.last, other is None, _count(run, names))
        for run, other, identity in readings
        if identity
    ]


def _count(run: SampleRun, names: Sequence[str]) -> int | None:
    """The run's count of days. ``names`` are the fields that may have it. None if ``names`` is not exactly one field,
    or if the run has no number in that field."""
    value = {**run.hints, **run.inputs}.get(names[0], "") if len(names) == 1 else ""
    return int(value) if value.isdecimal() else None


def windows_as_dated(mapping: IdentityMapping, runs: Sequence[SampleRun]) -> list[DatedRun]:
    """The recognised runs. The ``end`` of each is the day after the last day that the mapping reads."""
    found = filter(None, identities(mapping, runs))
    return [DatedRun(identity.customer, identity.window.start, identity.window.end) for identity in found]
