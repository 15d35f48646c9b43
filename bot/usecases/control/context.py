"""Gathers the context of a change: what is known about one customer, or about all customers of a cluster.

Raises DependencyError if the cluster does not answer: no change may rest on outdated information.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.commands import Cancel, ControlRequest, Pause, Resume, Terminate
from bot.errors import DependencyError, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.context import ProposalContext, SequenceSettings, starter_of
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.queue_change import of_cluster, of_part
from bot.fleet.proposals.whole_cluster import joined, judged
from bot.fleet.queue.campaigns import begun_names, of_campaign
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.queue import QueueSilent
from bot.model import SequenceStanding
from bot.model.queue import QueueStanding
from bot.services import Services
from bot.usecases.control.below import with_descendants
from bot.usecases.control.described import with_descriptions
from bot.usecases.display_names import names_of
from bot.usecases.observe.observe import observe_open
from bot.usecases.observe.sequences import open_sequences
from bot.usecases.queue.standing import standing as queue_standing
from bot.usecases.resolve import resolve_open, stops_runs

# How many of a customer's latest audit records are searched for the person who started an open workflow.
RECORDS = 40

_log = structlog.get_logger(__name__)


async def propose_for_target(
    command: ControlRequest, services: Services, judge: Callable[[ProposalContext], Proposal]
) -> Proposal:
    """The proposal of ``judge`` for the customer that the command names; or, if it names a cluster, the joined
    proposals for all customers of the cluster."""
    resolved = await resolve_open(command, services)
    target = resolved.target
    view, queue = await asyncio.gather(
        observe_open(target.cluster, services), queue_standing(target.cluster, services)
    )
    part = own_part(queue, services)
    if target.customer:
        if stops_runs(command):
            view = view.with_unrecognised_as(target.customer)
        context = await context_of(target, view, services)
        if isinstance(command, Pause | Resume):
            (context,) = await with_descriptions(target.cluster, [context], services)
        return resolved.judged(partial(judge, replace(context, queue=part)), context.unrecognised)
    begun = begun_names(queue.state) if isinstance(queue, QueueStanding) else ()
    contexts = await contexts_of(view, services, begun=begun)
    if isinstance(command, Cancel | Terminate):
        contexts = await with_descendants(view.cluster, contexts, services)
    customers = [judged(context, partial(judge, context)) for context in contexts]
    unrecognised = sum(run.is_open for run in view.unrecognised)
    changes = of_part(command, part) if command.campaign else of_cluster(command, queue)
    return joined(command, target.cluster, customers, unrecognised, changes)


def own_part(queue: QueueStanding | QueueSilent | None, services: Services) -> QueueStanding | QueueSilent | None:
    """The part of the queue that belongs to the campaign of these services."""
    return of_campaign(queue, services.view.scope) if services.view and isinstance(queue, QueueStanding) else queue


async def context_of(target: Target, view: ClusterView, services: Services) -> ProposalContext:
    """The context of one customer. Raises DependencyError if the cluster does not answer."""
    (context,) = await contexts_of_customers([target.customer], view, services)
    return context


async def contexts_of_customers(
    customers: Sequence[str], view: ClusterView, services: Services
) -> list[ProposalContext]:
    """The contexts of these customers, in the same order. Each context has the workflows below the customer's runs,
    and who started each open workflow that spans the whole campaign. Raises DependencyError if the cluster does not
    answer."""
    latest = await ask_each(view.cluster, customers, services)
    found = await with_descendants(view.cluster, await _contexts(view, latest, services), services)
    turns = asyncio.Semaphore(services.config.watch.describes_at_once)

    async def started(context: ProposalContext) -> ProposalContext:
        async with turns:
            return replace(context, starters=await _starters(context, services))

    by_name = {each.target.customer: each for each in await asyncio.gather(*map(started, found))}
    return [by_name[name] for name in customers]


async def contexts_of(
    view: ClusterView, services: Services, expected: Collection[str] = (), begun: Collection[str] = ()
) -> list[ProposalContext]:
    """The contexts of all customers that have a run or an open sequence on the cluster, or that are ``expected``
    there, sorted by name. ``begun`` are customers that may have a sequence which is not listed yet. The contexts lack
    the workflows below the runs. Raises DependencyError if the cluster does not answer."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    sequences = await open_sequences(view.cluster, until, services)
    if sequences.silent:
        raise Unavailable(view.cluster, sequences.silent)
    latest = {standing.customer: standing for standing in sequences.standings}
    customers = dict.fromkeys([*expected, *(run.identity.customer for run in view.runs if run.identity)])
    running = (name for name in customers if any(run.is_open for run in view.of(name)))
    unlisted = [name for name in dict.fromkeys([*running, *begun]) if name not in latest]
    answered = await ask_each(view.cluster, unlisted, services)
    found = {name: each for name, each in answered.items() if name in customers or (each and each.status.is_open)}
    return await _contexts(view, {**customers, **found, **latest}, services)


async def ask_each(cluster: str, customers: Sequence[str], services: Services) -> dict[str, SequenceStanding | None]:
    """The latest sequence of each customer; None for a customer that has had none. Asks about each customer by a call
    of its own, because listings lag: an open run may belong to a sequence that is not listed yet."""
    control, turns = services.clusters[cluster].control, asyncio.Semaphore(services.config.watch.describes_at_once)

    async def ask(customer: str) -> SequenceStanding | None:
        async with turns:
            return await control.sequence(customer)

    return dict(zip(customers, await asyncio.gather(*map(ask, customers)), strict=True))


async def _contexts(
    view: ClusterView, sequences: Mapping[str, SequenceStanding | None], services: Services
) -> list[ProposalContext]:
    open_ones = {name: standing for name, standing in sequences.items() if standing and standing.status.is_open}
    names = await names_of([standing.started_by for standing in open_ones.values()], services)
    settings = sequence_settings(services)
    unrecognised = sum(run.is_open for run in view.unrecognised)
    return [
        ProposalContext(
            target=Target(view.cluster, name),
            at=view.at,
            runs=view.of(name),
            terms=settings,
            sequence=open_ones.get(name),
            begun_by=names[open_ones[name].started_by] if name in open_ones else "",
            unrecognised=unrecognised,
        )
        for name in sorted(sequences)
    ]


def sequence_settings(services: Services) -> SequenceSettings:
    """The part of the configuration that sequences need."""
    config = services.config
    return SequenceSettings(
        campaign=config.campaign.window,
        rules=config.sizing.rules,
        parallel=config.control.parallel,
        split_after=config.control.split_after,
        on_stuck=config.control.on_stuck,
        cancel_patience=config.control.cancel_patience,
        campaign_name=config.campaign.name,
        slots=config.slots,
    )


async def _starters(context: ProposalContext, services: Services) -> Mapping[str, str]:
    """Who started each open workflow that spans the whole campaign, by workflow id, for ``ProposalContext.starters``.
    The name is "" if it is not known; the result is empty if the store does not answer. Reads the audit, which has
    this even after the sequence that started a workflow has ended."""
    spanning = [run for run in context.open if context.spans_campaign(run)]
    if not spanning:
        return {}
    try:
        trail = await services.journal.audit(str(context.target), RECORDS)
    except DependencyError as exc:
        _log.warning("journal not read", cluster=context.target.cluster, reason=str(exc))
        return {}
    ahead = await services.clusters[context.target.cluster].engine.ahead()
    starters = {run.execution.ref.workflow_id: starter_of(run, trail.records, ahead) for run in spanning}
    names = await names_of([user_id for user_id in starters.values() if user_id], services)
    return {workflow_id: names.get(user_id, "") for workflow_id, user_id in starters.items()}
