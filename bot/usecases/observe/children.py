"""Describes the open workflows below the runs of a cluster, as the runs report them.

The runs themselves come first: workflows below them are described with the time and the calls that are left. A
workflow that could not be described is judged by its recorded failures. It counts as not seen since its latest
description.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.runs.assessment import Patience
from bot.fleet.runs.children_health import AssessedChild
from bot.fleet.runs.health import Past, assess
from bot.fleet.runs.observation import failures_of, joined
from bot.model import Child, Description, Execution, ExecutionStatus, PendingChild, Ref
from bot.services import Services
from bot.usecases.observe.describe import describe_runs
from bot.usecases.observe.latest import latest_answers
from bot.usecases.observe.recalled import Recalled, recall


@dataclass(frozen=True, slots=True)
class ChildrenOfRuns:
    """The open workflows below each run, their descriptions, and what was recorded about them before."""

    of: Mapping[Ref, Sequence[AssessedChild]]
    described: tuple[Description, ...]
    recalled: Recalled


@dataclass(frozen=True, slots=True)
class _Found:
    """The open children that runs report. ``reported`` has what the parent reports about a child, ``above`` the run
    right above the child, and ``described`` the description of the latest run of the child's chain. The keys are the
    first runs of the children's chains."""

    reported: Mapping[Ref, PendingChild]
    above: Mapping[Ref, Ref]
    described: Mapping[Ref, Description]


@dataclass(frozen=True, slots=True)
class _Looks:
    """The latest descriptions of children that could not be described this time: ``at`` maps the workflow id of a
    child to the time of its latest description. ``now`` is the present time."""

    at: Mapping[str, datetime]
    now: datetime

    def age(self, ref: Ref) -> timedelta | None:
        """The time since the child's latest description; None if none is known."""
        at = self.at.get(ref.workflow_id)
        return max(self.now - at, timedelta(0)) if at else None


async def children_of(
    cluster: str, parents: Mapping[Ref, Description], now: datetime, until: float, services: Services
) -> ChildrenOfRuns:
    """The open workflows below these runs at ``now``. Describing them stops at ``until``, a time of the event
    loop."""
    found = await _find(cluster, parents, until, services)
    if not found.reported:
        return ChildrenOfRuns({}, (), Recalled())
    fresh = tuple(description for ref, description in found.described.items() if ref not in parents)
    recalled = await recall(cluster, {*found.reported, *(each.execution.ref for each in fresh)}, services)
    unseen = {ref.workflow_id for ref in found.reported if ref not in found.described}
    looks = latest_answers(cluster, services).looks(unseen) if unseen else {}
    assessed = await compute(_assessed, found, recalled, _Looks(looks, now), services)
    return ChildrenOfRuns(_by_run(assessed, found, parents), fresh, recalled)


async def _find(cluster: str, parents: Mapping[Ref, Description], until: float, services: Services) -> _Found:
    clock, budget = asyncio.get_running_loop().time, services.clusters[cluster].budget
    reported, above, described = dict[Ref, PendingChild](), dict[Ref, Ref](), dict[Ref, Description]()
    room, level = budget.within(max(0.0, until - clock())), dict(parents)
    while level:
        new = _reported_by(level, reported)
        for parent, children in new.items():
            reported |= {child.ref: child for child in children}
            above |= dict.fromkeys((child.ref for child in children), parent)
        level = {child.ref: parents[child.ref] for child in chain(*new.values()) if child.ref in parents}
        refs = [child.ref for child in _in_turn(new.values()) if child.ref not in parents][:room]
        room -= len(refs)
        answers, closed = await _describe(cluster, refs, until, services)
        for ref in closed:
            del reported[ref]
        level |= answers
        described |= level
    return _Found(reported, above, described)


def _reported_by(
    level: Mapping[Ref, Description], known: Mapping[Ref, PendingChild]
) -> Mapping[Ref, list[PendingChild]]:
    """The children that these runs report. Leaves out known children, and those that have not started yet."""
    return {
        ref: [child for child in description.children if child.ref.run_id and child.ref not in known]
        for ref, description in level.items()
        if description.execution.status.is_open
    }


def _in_turn(families: Iterable[Sequence[PendingChild]]) -> Iterable[PendingChild]:
    """The first child of each run, then the second child of each, and so on, so that a run with many children does
    not use up the calls."""
    return (child for turn in zip_longest(*families) for child in turn if child)


async def _describe(
    cluster: str, refs: Sequence[Ref], until: float, services: Services
) -> tuple[dict[Ref, Description], frozenset[Ref]]:
    """The descriptions of the open children, and the children that have closed. If a child has continued as new or
    was retried, its latest run is described."""
    first, gone = await _answers(cluster, refs, until, services)
    open_ones = {ref: answer for ref, answer in first.items() if answer.execution.status.is_open}
    followed = {ref: replace(ref, run_id="") for ref, answer in first.items() if _may_go_on(answer)}
    latest, _ = await _answers(cluster, list(followed.values()), until, services)
    for ref, latest_ref in followed.items():
        if (answer := latest.get(latest_ref)) and answer.execution.status.is_open:
            open_ones[ref] = answer
    return open_ones, frozenset({*gone, *first} - open_ones.keys())


def _may_go_on(description: Description) -> bool:
    return description.execution.status.may_be_followed


async def _answers(
    cluster: str, refs: Sequence[Ref], until: float, services: Services
) -> tuple[Mapping[Ref, Description], frozenset[Ref]]:
    """The descriptions of these runs, and the runs that Temporal no longer knows. If the cluster answers about no
    run, both are empty. No error is raised then, because the caller can judge these runs by what their parents
    report."""
    if not refs:
        return {}, frozenset()
    services.clusters[cluster].budget.spend(asyncio.get_running_loop().time(), len(refs))
    try:
        answers = await describe_runs(cluster, refs, until, services)
    except DependencyError:
        return {}, frozenset()
    return answers.described, answers.gone


def _assessed(found: _Found, recalled: Recalled, looks: _Looks, services: Services) -> Mapping[Ref, AssessedChild]:
    watch, now = services.config.watch, looks.now
    patience = Patience(watch.stalled_after, watch.no_worker_after)
    assessed: dict[Ref, AssessedChild] = {}
    for ref, child in found.reported.items():
        description = found.described.get(ref) or _undescribed(child, now)
        own = description.execution.ref
        failures = joined(recalled.failures.get(own, ()), failures_of(description, now))
        health = assess(description, Past(recalled.observations.get(own, ()), failures), patience, now)
        identity = services.recogniser.own_identity(description.execution)
        known = Child(ref.workflow_id, identity.window if identity else None)
        is_seen = ref in found.described
        assessed[ref] = AssessedChild(known, health, is_seen, None if is_seen else looks.age(ref))
    return assessed


def _undescribed(child: PendingChild, now: datetime) -> Description:
    """A description of a child about which only its parent's report is known."""
    run = Execution(child.ref, child.workflow_type, "", ExecutionStatus.RUNNING, now)
    return Description(run, (), cancel_requested=False, workflow_task_attempt=1)


def _by_run(
    assessed: Mapping[Ref, AssessedChild], found: _Found, parents: Mapping[Ref, Description]
) -> Mapping[Ref, Sequence[AssessedChild]]:
    """The open workflows below each of the ``parents``. Each workflow counts for all runs above it."""
    of: dict[Ref, list[AssessedChild]] = {}
    for ref, child in assessed.items():
        parent = found.above.get(ref)
        while parent is not None:
            if parent in parents:
                of.setdefault(parent, []).append(child)
            parent = found.above.get(parent)
    return of
