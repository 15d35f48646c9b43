"""Finds the open workflows below runs, of any type, level by level. One listing names many parents of a level, and
each open workflow is described. Listings lag, so the children that a described parent reports are added: those that
are open, or were open when the parent closed. A closed parent of an open workflow is described for its close policy.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bot.errors import NotFound
from bot.fleet.runs.call_budget import SPAN
from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.descendants import Descendant
from bot.fleet.runs.run import Run
from bot.model import Description, Execution, Ref
from bot.services import Services
from bot.usecases.definitions import child_types

# How many levels of workflows are searched below a run.
MOST_LEVELS = 10
# How many links of a chain are searched for children, the latest first.
MOST_LINKS = 100


@dataclass(slots=True)
class _Family:
    """What was found so far. ``child_types`` has, for each run at the top, the types that its definition lists:
    children of these types end with the run, even if the run abandons them. ``ancestors`` has all runs above each
    run. ``abandoned`` says, for each child, whether the parent's close policy lets the child go on. The keys of
    ``abandoned`` are workflow ids: a parent reports only the first run id of a child, and the child may have
    continued as new since."""

    child_types: Mapping[Ref, frozenset[str]]
    ancestors: dict[Ref, frozenset[Ref]] = field(default_factory=dict)
    abandoned: dict[str, bool] = field(default_factory=dict)

    def place(self, child: Ref, parent: Ref) -> None:
        """Put a child below its parent and below the parent's own ancestors."""
        self.ancestors[child] = self.ancestors.get(parent, frozenset()) | {parent}

    def is_of_child_type(self, run: Execution) -> bool:
        """Whether the type of this run is among the ``child_types`` of a run above it."""
        above = self.ancestors[run.ref]
        return any(run.workflow_type in self.child_types.get(ref, ()) for ref in above)

    def rename(self, described: Mapping[Ref, Description]) -> None:
        """Give each described run the ancestors of the ref about which the bot asked Temporal. The ref of the run
        itself may differ: a parent reports no run id for a child that has not started yet, and a child may have
        continued as new or been retried since."""
        for ref, description in described.items():
            self.ancestors.setdefault(description.execution.ref, self.ancestors.get(ref, frozenset()))


async def descendants_of(
    cluster: str,
    runs: Collection[Run],
    services: Services,
    closed: Mapping[Ref, Description] = MappingProxyType({}),
    at_most: int = MOST_LEVELS,
) -> tuple[Descendant, ...]:
    """The open workflows below these runs, level by level, the runs' own children first. ``closed`` has descriptions
    of closed links of these runs; each names the children that were open when its link closed. Raises DependencyError
    if the cluster does not answer, because a workflow that is not found could still write the same days."""
    family, found = _Family(_child_types(cluster, runs, services)), dict[Ref, Descendant]()
    parents = {ref for run in runs for ref in run.refs[:MOST_LINKS]}
    open_runs = [run.execution.ref for run in runs if run.is_open]
    described: Mapping[Ref, Description] = {**closed, **await _describe(cluster, open_runs, services)}
    for _ in range(at_most):
        children = await _children(cluster, parents, described, family, services)
        described = await _describe(cluster, [ref for ref, is_open in children.items() if is_open], services)
        earlier = {description.execution.ref for description in described.values()}
        described = {**described, **await _later_links(cluster, described, services)}
        family.rename(described)
        for description in described.values():
            if description.execution.status.is_open:
                found[description.execution.ref] = _descendant(description, family, services)
        latest = {description.execution.ref for description in described.values()}
        parents = {*(ref for ref in children if ref.run_id), *earlier, *latest}
        if not parents:
            break
    return tuple(found.values())


def _child_types(cluster: str, runs: Collection[Run], services: Services) -> Mapping[Ref, frozenset[str]]:
    """For each link of these runs, the types of children that its definition names."""
    of_types = child_types(services.config, cluster)
    return {ref: of_types.get(run.execution.workflow_type, frozenset()) for run in runs for ref in run.refs}


async def _children(
    cluster: str, parents: Collection[Ref], described: Mapping[Ref, Description], family: _Family, services: Services
) -> Mapping[Ref, bool]:
    """The children of these runs, and whether each may be open. ``described`` has the known descriptions of these
    runs. A closed parent without a description is described if a child of it is open."""
    by_run_id, children, outlived = {ref.run_id: ref for ref in parents}, dict[Ref, bool](), set[Ref]()
    for run in await services.clusters[cluster].engine.children(parents) if parents else ():
        if parent := by_run_id.get(run.parent_run_id):
            children[run.ref] = run.status.is_open
            family.place(run.ref, parent)
            outlived |= {parent} if run.status.is_open else set()
    outlived -= {description.execution.ref for description in described.values()}
    closed = await _describe(cluster, sorted(outlived), services)
    for description in (*described.values(), *closed.values()):
        for child in description.children:
            family.abandoned[child.ref.workflow_id] = child.is_abandoned
            if child.ref not in children:
                children[child.ref] = True
                family.place(child.ref, description.execution.ref)
    return children


async def _later_links(
    cluster: str, described: Mapping[Ref, Description], services: Services
) -> Mapping[Ref, Description]:
    """The latest run of each child that has continued as new or was retried, because a parent reports only the first
    one."""
    closed = {ref: each.execution for ref, each in described.items() if each.execution.status.may_be_followed}
    latest = await _describe(cluster, [replace(ref, run_id="") for ref in sorted(closed)], services)
    found = {ref: latest.get(replace(ref, run_id="")) for ref in closed}
    return {ref: each for ref, each in found.items() if each and chain_key(each.execution) == chain_key(closed[ref])}


async def _describe(cluster: str, refs: Sequence[Ref], services: Services) -> Mapping[Ref, Description]:
    """The descriptions of these runs. Leaves out a run that Temporal has removed. Raises DependencyError if the
    cluster does not answer about one of them.

    The runs are described in batches, each of as many as the budget of calls allows in ``SPAN``. The first batch
    begins at once. Each later one first waits for the budget, because a namespace that is over its rate limit refuses
    everybody's calls. In a batch, at most ``[watch] describes_at_once`` calls run at the same time.
    """
    budget, clock = services.clusters[cluster].budget, asyncio.get_running_loop().time
    at_once, described = budget.within(SPAN), dict[Ref, Description]()
    for first in range(0, len(refs), at_once):
        if first:
            await asyncio.sleep(budget.wait(clock()))
        described |= await _describe_some(cluster, refs[first : first + at_once], services)
    return described


async def _describe_some(cluster: str, refs: Sequence[Ref], services: Services) -> Mapping[Ref, Description]:
    systems = services.clusters[cluster]
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)
    systems.budget.spend(asyncio.get_running_loop().time(), len(refs))

    async def describe(ref: Ref) -> Description | None:
        async with turns:
            try:
                return await systems.engine.describe(ref)
            except NotFound:
                return None

    answers = await asyncio.gather(*map(describe, refs))
    return {ref: answer for ref, answer in zip(refs, answers, strict=True) if answer}


def _descendant(description: Description, family: _Family, services: Services) -> Descendant:
    run = description.execution
    return Descendant(
        execution=run,
        ancestors=family.ancestors[run.ref],
        # If no parent reports the child, Temporal has removed the parent, so the child has outlived it.
        is_abandoned=family.abandoned.get(run.ref.workflow_id, True),
        is_of_child_type=family.is_of_child_type(run),
        identity=services.recogniser.own_identity(run),
        link=services.clusters[run.ref.cluster].engine.link(run.ref),
        cancel_requested=description.cancel_requested,
    )
