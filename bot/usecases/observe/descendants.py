"""Finds the open workflows below runs, level by level, whatever their type: one listing a level, and one describe for
each open workflow. A listing lags, so the children that an open parent itself tells are joined to it.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.errors import NotFound
from bot.fleet.runs.descendants import Descendant
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.run import Run
from bot.model import Description, Execution, Ref
from bot.services import Services

# Workflows below each other. Deeper ones are not looked for.
MOST_LEVELS = 10
# Of a chain, the children of so many of its latest links are looked for.
MOST_LINKS = 100


@dataclass(slots=True)
class _Family:
    """What was found so far: the runs above each run, and by workflow id whether its parent abandons it. The parent
    tells the run id with which the child began, and the child may have continued as new since."""

    ancestors: dict[Ref, frozenset[Ref]] = field(default_factory=dict)
    abandoned: dict[str, bool] = field(default_factory=dict)

    def place(self, child: Ref, parent: Ref) -> None:
        """A child below its parent, and below whatever is above that."""
        self.ancestors[child] = self.ancestors.get(parent, frozenset()) | {parent}

    def rename(self, described: Mapping[Ref, Description]) -> None:
        """A parent tells no run id of a child that has not started yet; its description does."""
        for ref, description in described.items():
            self.ancestors.setdefault(description.execution.ref, self.ancestors.get(ref, frozenset()))


async def descendants_of(
    cluster: str, runs: Collection[Run], services: Services, at_most: int = MOST_LEVELS
) -> tuple[Descendant, ...]:
    """The open workflows below these open runs, those next to them first. Raises DependencyError when the cluster
    does not answer: then nobody knows what else writes."""
    family, found = _Family(), dict[Ref, Descendant]()
    parents = {ref for run in runs for ref in run.refs[:MOST_LINKS]}
    described = await _describe(cluster, [run.execution.ref for run in runs if run.is_open], services)
    for _ in range(at_most):
        children = await _children(cluster, parents, described, family, services)
        described = await _describe(cluster, [ref for ref, is_open in children.items() if is_open], services)
        family.rename(described)
        for description in described.values():
            if description.execution.status.is_open:
                found[description.execution.ref] = _descendant(description, family, services)
        parents = {described[ref].execution.ref if ref in described else ref for ref in children}
        if not parents:
            break
    return tuple(found.values())


async def _children(
    cluster: str, parents: Collection[Ref], described: Mapping[Ref, Description], family: _Family, services: Services
) -> Mapping[Ref, bool]:
    """The children of these runs, and whether each may be open. ``described`` are the open ones among the parents."""
    by_run_id, children = {ref.run_id: ref for ref in parents}, dict[Ref, bool]()
    for run in await services.clusters[cluster].engine.children(parents) if parents else ():
        if parent := by_run_id.get(run.parent_run_id):
            children[run.ref] = run.status.is_open
            family.place(run.ref, parent)
    for description in described.values():
        for child in description.children:
            family.abandoned[child.ref.workflow_id] = child.is_abandoned
            if child.ref not in children:
                children[child.ref] = True
                family.place(child.ref, description.execution.ref)
    return children


async def _describe(cluster: str, refs: Collection[Ref], services: Services) -> Mapping[Ref, Description]:
    """Raises DependencyError if one of them is not answered; a run that Temporal has removed is left out."""
    systems = services.clusters[cluster]
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)

    async def describe(ref: Ref) -> Description | None:
        async with turns:
            systems.budget.spend(asyncio.get_running_loop().time())
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
        # What no open parent tells has outlived its parent.
        is_abandoned=family.abandoned.get(run.ref.workflow_id, True),
        identity=_own_identity(run, services),
        link=services.clusters[run.ref.cluster].engine.link(run.ref),
        cancel_requested=description.cancel_requested,
    )


def _own_identity(run: Execution, services: Services) -> Identity | None:
    """What the run tells itself, by the mapping of its type, else by any of the cluster. The id of its parent is not
    its own."""
    own = services.recogniser.mapping_of(run)
    mappings = [own] if own else services.recogniser.mappings.get(run.ref.cluster, {}).values()
    readings = [recognised for mapping in mappings if (recognised := mapping.recognise(run))]
    return next((each.identity for each in readings if each.source is not Source.PARENT), None)
