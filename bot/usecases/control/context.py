"""Gathers what is known of a customer, or of all on a cluster, before something is changed there.

A cluster that does not answer is an error here: nothing is changed on hearsay.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.commands import ControlRequest
from bot.errors import DependencyError, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.context import ProposalContext, SequenceSettings, starter_of
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.whole_cluster import joined, judged
from bot.fleet.runs.run import ClusterView
from bot.model import SequenceStanding
from bot.services import Services
from bot.usecases.display_names import names_of
from bot.usecases.observe.observe import observe_open
from bot.usecases.observe.sequences import open_sequences
from bot.usecases.resolve import resolve_open

# Of a customer's latest records in the audit, in which one looks who started what is open.
RECORDS = 40

_log = structlog.get_logger(__name__)


async def propose_for_target(
    command: ControlRequest, services: Services, judge: Callable[[ProposalContext], Proposal]
) -> Proposal:
    """By ``judge`` for the customer that is meant, or for every one of a cluster to whom it applies."""
    steered = await resolve_open(command, services)
    target = steered.target
    view = await observe_open(target.cluster, services)
    if target.customer:
        return steered.judged(partial(judge, await context_of(target, view, services)))
    everybody = await contexts_of(view, services)
    customers = [judged(one, partial(judge, one)) for one in everybody]
    return joined(command, target.cluster, customers, sum(run.is_open for run in view.unrecognised))


async def context_of(target: Target, view: ClusterView, services: Services) -> ProposalContext:
    """One customer's. Raises a SystemAnswer when the cluster does not answer."""
    latest = await services.clusters[target.cluster].control.sequence(target.customer)
    (context,) = await _situations(view, {target.customer: latest}, services)
    return replace(context, starters=await _starters(context, services))


async def contexts_of(view: ClusterView, services: Services, expected: Collection[str] = ()) -> list[ProposalContext]:
    """Those of everybody on the cluster who has a run or an open sequence, or is ``expected`` there, by name. Raises
    as ``context_of``."""
    until = asyncio.get_running_loop().time() + services.config.watch.time_limit.total_seconds()
    found = await open_sequences(view.cluster, until, services)
    if found.silent:
        raise Unavailable(view.cluster, found.silent)
    latest = {standing.customer: standing for standing in found.standings}
    known = dict.fromkeys([*expected, *(run.identity.customer for run in view.runs if run.identity)])
    unlisted = [name for name in known if name not in latest and any(run.is_open for run in view.of(name))]
    asked = await _each(view.cluster, unlisted, services)
    return await _situations(view, {**known, **asked, **latest}, services)


async def _each(cluster: str, customers: Sequence[str], services: Services) -> dict[str, SequenceStanding | None]:
    """Listings lag: what runs may be of a sequence that is not listed yet."""
    control, turns = services.clusters[cluster].control, asyncio.Semaphore(services.config.watch.describes_at_once)

    async def ask(customer: str) -> SequenceStanding | None:
        async with turns:
            return await control.sequence(customer)

    return dict(zip(customers, await asyncio.gather(*map(ask, customers)), strict=True))


async def _situations(
    view: ClusterView, sequences: Mapping[str, SequenceStanding | None], services: Services
) -> list[ProposalContext]:
    open_ones = {name: one for name, one in sequences.items() if one and one.status.is_open}
    names = await names_of([one.started_by for one in open_ones.values()], services)
    terms = sequence_settings(services)
    return [
        ProposalContext(
            target=Target(view.cluster, name),
            at=view.at,
            runs=view.of(name),
            terms=terms,
            sequence=open_ones.get(name),
            begun_by=names[open_ones[name].started_by] if name in open_ones else "",
        )
        for name in sorted(sequences)
    ]


def sequence_settings(services: Services) -> SequenceSettings:
    """The configuration's."""
    config = services.config
    return SequenceSettings(
        campaign=config.campaign.window,
        rules=config.sizing.rules,
        parallel=config.control.parallel,
        split_after=config.control.split_after,
        on_stuck=config.control.on_stuck,
        cancel_patience=config.control.cancel_patience,
    )


async def _starters(context: ProposalContext, services: Services) -> Mapping[str, str]:
    """Who had its open workflows over the whole campaign started, as ``starters``, whatever has become of
    the sequence they were started by."""
    spanning = [run for run in context.open if context.spans_campaign(run)]
    if not spanning:
        return {}
    try:
        trail = await services.journal.audit(str(context.target), RECORDS)
    except DependencyError as exc:
        _log.warning("journal not read", cluster=context.target.cluster, reason=str(exc))
        return {}
    ahead = await services.clusters[context.target.cluster].engine.ahead()
    found = {run.execution.ref.workflow_id: starter_of(run, trail.records, ahead) for run in spanning}
    names = await names_of([user_id for user_id in found.values() if user_id], services)
    return {workflow_id: names.get(user_id, "") for workflow_id, user_id in found.items()}
