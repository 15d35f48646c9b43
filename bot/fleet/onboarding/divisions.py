"""Finds how the runs of several clusters that share a namespace are told apart: by a search attribute, by task queue,
or by the beginning of their ids. Pure.

A division is certain only if the runs prove it. Runs of one cluster may also differ in these places, for example
after a move to another queue, or because some were started by hand.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.fleet.diagnostics.field_values import SampleRun
from bot.model import Ref
from bot.model.execution import PARENT_HINT

TASK_QUEUE, WORKFLOW_ID = "TaskQueue", "WorkflowId"
# Replaces the name of the cluster in an id, as {cluster} does in a template.
CLUSTER_MARK = "\x1f"
# More values than this are no clusters.
_MOST_PARTS = 20
_SEPARATORS = re.compile(r"([^A-Za-z0-9]+)")
# The name of a cluster, and a value that a list filter can name.
_NAME = re.compile(r"[^/\s'\"`\\{}]{1,100}")
_UNQUOTABLE = re.compile(r"[\s'\"`\\{}]")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the clusters of a namespace. ``filter`` finds the cluster's runs. ``attributes`` are the search
    attributes that a run has to carry when the bot starts it there, so that ``filter`` finds the run."""

    name: str
    filter: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Division:
    """The parts of a namespace. ``of`` maps each run that belongs to a part to that part. ``by`` is the name of a
    search attribute, TaskQueue or WorkflowId. If it is WorkflowId, ``id_beginning`` is the beginning of all ids, with
    ``CLUSTER_MARK`` for the cluster."""

    by: str
    parts: tuple[Part, ...]
    of: Mapping[Ref, Part]
    id_beginning: str = ""


def possible_divisions(runs: Sequence[SampleRun], attributes: Collection[str]) -> list[Division]:
    """Each way in which the runs of some type fall into a few parts. ``attributes`` are search attributes that hold a
    single text. Child workflows are not taken into account."""
    tops = [run for run in runs if not run.execution.hints.get(PARENT_HINT)]
    by_type: dict[str, list[SampleRun]] = {}
    for run in tops:
        by_type.setdefault(run.execution.workflow_type, []).append(run)
    found: dict[tuple[str, ...], Division] = {}
    for own in by_type.values():
        possible = [
            *(_by_attribute(name, own, tops) for name in sorted(attributes)),
            _by_queue(own, tops),
            _by_id(own, tops),
        ]
        for division in filter(None, possible):
            if all(run.execution.ref in division.of for run in own):
                found.setdefault(tuple(part.filter for part in division.parts), division)
    return list(found.values())


def divided(runs: Sequence[SampleRun], division: Division) -> list[SampleRun]:
    """The runs, with the names of their parts as their clusters. If the id of every divided run contains the name of
    its part, ``CLUSTER_MARK`` replaces the name in each id. Runs without a part stay as they are."""
    marked = {run.execution.ref: _marked(run, division) for run in runs}
    holds = all(CLUSTER_MARK in text for ref, text in marked.items() if ref in division.of)
    ids = {ref: text if holds else ref.workflow_id for ref, text in marked.items()}
    by_id = {ref.workflow_id: text for ref, text in ids.items()}
    return [_as_part(run, division, ids[run.execution.ref], by_id) for run in runs]


def written_id(run: SampleRun) -> str:
    """The id that the run has in Temporal."""
    ref = run.execution.ref
    return ref.workflow_id.replace(CLUSTER_MARK, ref.cluster)


def _by_attribute(name: str, own: Sequence[SampleRun], runs: Sequence[SampleRun]) -> Division | None:
    parts = _named_parts((run.hints.get(name, "") for run in own), lambda value: f"{_quoted_name(name)} = '{value}'")
    parts = {value: replace(part, attributes={name: value}) for value, part in parts.items()}
    of = {run.execution.ref: parts[value] for run in runs if (value := run.hints.get(name, "")) in parts}
    return Division(name, tuple(parts.values()), of) if parts else None


def _by_queue(own: Sequence[SampleRun], runs: Sequence[SampleRun]) -> Division | None:
    parts = _named_parts((run.execution.task_queue for run in own), lambda queue: f"{TASK_QUEUE} = '{queue}'")
    short = _distinct_parts_of([*parts])
    parts = {queue: replace(part, name=short.get(queue, queue)) for queue, part in parts.items()}
    of = {run.execution.ref: parts[queue] for run in runs if (queue := run.execution.task_queue) in parts}
    return Division(TASK_QUEUE, tuple(parts.values()), of) if parts else None


def _by_id(own: Sequence[SampleRun], runs: Sequence[SampleRun]) -> Division | None:
    """The division by the first word in which the ids differ; None if an id ends with that word, if different
    separators follow it, or if it cannot name a cluster."""
    split = [_SEPARATORS.split(run.execution.ref.workflow_id) for run in own]
    before = _common_words(split)
    if any(len(words) < len(before) + 2 for words in split):
        return None
    beginning = "".join(before)
    separators = {words[len(before) + 1] for words in split}
    if len(separators) > 1:
        return None
    after = separators.pop()
    parts = _named_parts(
        (words[len(before)] for words in split), lambda word: f"{WORKFLOW_ID} STARTS_WITH '{beginning}{word}{after}'"
    )
    of = {
        run.execution.ref: part
        for run in runs
        for word, part in parts.items()
        if run.execution.ref.workflow_id.startswith(f"{beginning}{word}{after}")
    }
    if not parts or _UNQUOTABLE.search(beginning + after):
        return None
    return Division(WORKFLOW_ID, tuple(parts.values()), of, f"{beginning}{CLUSTER_MARK}{after}")


def _common_words(split: Sequence[Sequence[str]]) -> list[str]:
    """The words and separators that all ids have in common at their beginning. The last item is a separator. Empty if
    the ids differ before the end of the first separator."""
    common: list[str] = []
    for words in zip(*split, strict=False):
        if len({*words}) > 1:
            break
        common.append(words[0])
    return common[: len(common) // 2 * 2]


def _named_parts(values: Iterable[str], filter_of: Callable[[str], str]) -> dict[str, Part]:
    """A part for each value; none if there are too many or too few, or if one of them cannot be a cluster's name."""
    distinct = dict.fromkeys(filter(None, values))
    if not 1 < len(distinct) <= _MOST_PARTS or not all(map(_NAME.fullmatch, distinct)):
        return {}
    return {value: Part(value, filter_of(value)) for value in sorted(distinct)}


def _distinct_parts_of(names: Sequence[str]) -> Mapping[str, str]:
    """For each name, the part that differs from the other names, such as "emea" for backfill-emea. Empty if one of
    these parts would be empty, or if two of them are equal."""
    split = [_SEPARATORS.split(name) for name in names]
    before = len(_common_words(split))
    after = len(_common_words([words[before:][::-1] for words in split]))
    short = {name: "".join(words[before : len(words) - after]) for name, words in zip(names, split, strict=True)}
    return short if all(short.values()) and len({*short.values()}) == len(names) else {}


def _marked(run: SampleRun, division: Division) -> str:
    """The run's workflow id with ``CLUSTER_MARK`` in place of the name of its cluster; unchanged if the run
    belongs to no part, or if the name is not a whole word of the id."""
    ref, part = run.execution.ref, division.of.get(run.execution.ref)
    if part is None:
        return ref.workflow_id
    word = rf"(?<![A-Za-z0-9]){re.escape(part.name)}(?![A-Za-z0-9])"
    return re.sub(word, CLUSTER_MARK, ref.workflow_id, count=1)


def _as_part(run: SampleRun, division: Division, workflow_id: str, ids: Mapping[str, str]) -> SampleRun:
    execution, part = run.execution, division.of.get(run.execution.ref)
    cluster = part.name if part else execution.ref.cluster
    parent = execution.hints.get(PARENT_HINT, "")
    hints = {**execution.hints, PARENT_HINT: ids.get(parent, parent)} if parent else execution.hints
    ref = replace(execution.ref, cluster=cluster, workflow_id=workflow_id)
    return replace(run, execution=replace(execution, ref=ref, hints=hints))


def _quoted_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f"`{name}`"
