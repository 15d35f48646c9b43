"""Describes customers' open runs, and the workflows that end with these runs, for proposals about pending activities.

The runs are described again, because ``observe_open`` returns their health, but not their activities.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.errors import NotFound
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.runs.run import Run
from bot.model import Description, Ref
from bot.services import Services


async def with_descriptions(
    cluster: str, contexts: Sequence[ProposalContext], services: Services
) -> list[ProposalContext]:
    """The contexts with their open runs as described now, and with whether the server can pause activities. Raises
    DependencyError if the cluster does not answer."""
    if not any(context.open for context in contexts):
        return [replace(context, described=()) for context in contexts]
    offers_pauses = await services.clusters[cluster].control.offers_pauses()
    families = [(*context.open, *context.ending_below(context.open)) for context in contexts]
    found = await describe_open((run.execution.ref for runs in families for run in runs), services)
    by_ref = {description.execution.ref: description for description in found}
    return [
        replace(context, described=_of(runs, by_ref), offers_pauses=offers_pauses)
        for context, runs in zip(contexts, families, strict=True)
    ]


def _of(runs: Iterable[Run], by_ref: Mapping[Ref, Description]) -> tuple[Description, ...]:
    refs = dict.fromkeys(run.execution.ref for run in runs)
    return tuple(by_ref[ref] for ref in refs if ref in by_ref)


async def describe_open(refs: Iterable[Ref], services: Services) -> list[Description]:
    """The descriptions of the runs among ``refs`` that are still open, each once. Raises DependencyError if a cluster
    does not answer."""
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)

    async def describe(ref: Ref) -> Description | None:
        async with turns:
            try:
                return await services.clusters[ref.cluster].engine.describe(ref)
            except NotFound:
                return None

    answers = await asyncio.gather(*map(describe, dict.fromkeys(refs)))
    return [answer for answer in answers if answer and answer.execution.status.is_open]
