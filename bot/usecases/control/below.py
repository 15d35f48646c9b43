"""Finds the open workflows below the runs of customers, for proposals that end runs or start windows.

One search serves all customers of a cluster: its listings name many parents at once.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.errors import Unavailable
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.runs.descendants import Descendant
from bot.fleet.runs.run import Run
from bot.model import Ref
from bot.services import Services
from bot.usecases.observe.descendants import descendants_of

# Children are looked for below this many closed runs of a customer. One listing can name the same number of parents.
MOST_PARENTS = 50
# And below this many closed runs of a cluster, which take 20 listings.
MOST_PARENTS_OF_CLUSTER = 1_000
# The search may take this multiple of a cluster's time limit: a dialog waits for it, and a partial answer would be
# useless.
LIMITS = 10


async def with_descendants(
    cluster: str, contexts: Sequence[ProposalContext], services: Services
) -> list[ProposalContext]:
    """The contexts with the open workflows below each customer's runs. Raises DependencyError if the cluster does not
    answer about all of these runs in time, because a workflow that is not found could still write the same days."""
    at_most = _closed_of_each(contexts)
    parents = [_parents(context, at_most) for context in contexts]
    found = await _search(cluster, [run for runs in parents for run in runs], services)
    by_ancestor = _by_ancestor(found)
    return [
        replace(context, descendants=_below(runs, by_ancestor))
        for context, runs in zip(contexts, parents, strict=True)
    ]


def _closed_of_each(contexts: Sequence[ProposalContext]) -> int:
    """How many closed runs of each customer are searched."""
    with_closed = sum(any(_may_have_left(context.runs)) for context in contexts)
    return min(MOST_PARENTS, max(1, MOST_PARENTS_OF_CLUSTER // max(1, with_closed)))


def _parents(context: ProposalContext, at_most: int) -> list[Run]:
    """The described open runs, and the latest ``at_most`` of the closed runs that may have left children running."""
    return [*(run for run in context.open if run.health), *list(_may_have_left(context.runs))[-at_most:]]


def _may_have_left(runs: Iterable[Run]) -> Iterable[Run]:
    """The closed runs whose days are not complete. Children that such a run has abandoned may still fill days."""
    return (run for run in runs if not run.is_open and run.window and not run.is_complete)


async def _search(cluster: str, parents: Sequence[Run], services: Services) -> tuple[Descendant, ...]:
    if not parents:
        return ()
    limit = LIMITS * services.config.watch.time_limit.total_seconds()
    try:
        async with asyncio.timeout(limit):
            return await descendants_of(cluster, parents, services)
    except TimeoutError as exc:
        why = f"no answer within {limit:g} s about what runs below {len(parents):,} workflows"
        raise Unavailable(f"Temporal of {cluster}", why) from exc


def _by_ancestor(descendants: Sequence[Descendant]) -> Mapping[Ref, Sequence[Descendant]]:
    found: dict[Ref, list[Descendant]] = {}
    for descendant in descendants:
        for ref in descendant.ancestors:
            found.setdefault(ref, []).append(descendant)
    return found


def _below(runs: Iterable[Run], by_ancestor: Mapping[Ref, Sequence[Descendant]]) -> tuple[Descendant, ...]:
    """The descendants of these runs, each once, in the order in which they were found."""
    refs = (ref for run in runs for ref in run.refs)
    found = {each.execution.ref: each for ref in refs for each in by_ancestor.get(ref, ())}
    return tuple(found.values())
