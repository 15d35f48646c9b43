"""Makes the proposal of ``retry``: the open sequence runs windows again, or else a new sequence runs the days."""

import asyncio
from dataclasses import replace
from functools import partial

from bot.commands import Retry
from bot.fleet.proposals.context import StartContext
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.retry import propose_retry_in_sequence
from bot.fleet.proposals.run import RunRequest, propose_run
from bot.fleet.proposals.warnings import VolumesUnknown
from bot.fleet.proposals.whole_cluster import joined, judged
from bot.fleet.runs.open_work import elsewhere_notes_for_all
from bot.model import Window
from bot.services import Services
from bot.usecases.control.below import with_descendants
from bot.usecases.control.context import contexts_of
from bot.usecases.control.plan_inputs import range_within, require_all_described, start_context_of, start_contexts_of
from bot.usecases.observe.observe import observe_whole
from bot.usecases.observe.open_work import open_work_on
from bot.usecases.resolve import configured_names, resolve_target, with_other_clusters


async def retry(command: Retry, services: Services) -> Proposal:
    """Propose that the open sequence runs windows again, or else that a new sequence runs the days. Raises Declined
    for a wrong name or range, if there is nothing to run again, or if something prevents it. Raises DependencyError
    if the cluster's Temporal does not answer, or if not all past runs are known. If the source or another cluster
    does not answer, the proposal is made without what it would have told.

    If the command names a cluster, the proposal is for all customers that are expected there, have run there or have
    an open sequence there, because days that never ran are missing too. A customer about whom Temporal does not
    answer is left out, with a warning.
    """
    whole = range_within(command.range, services.config.campaign.window)
    target = await resolve_target(command.target, services)
    if target.customer:
        start_context, resolved = await asyncio.gather(
            start_context_of(target, services), with_other_clusters(target, services)
        )
        return resolved.judged(partial(_judge, command, whole, start_context), start_context.context.unrecognised)
    return await _of_cluster(command, whole, target.cluster, services)


async def _of_cluster(command: Retry, whole: Window, cluster: str, services: Services) -> Proposal:
    configured = configured_names(services)
    others = [name for name in configured if name != cluster]
    view, open_elsewhere = await asyncio.gather(observe_whole(cluster, services), open_work_on(others, services))
    contexts = await with_descendants(cluster, await contexts_of(view, services, configured[cluster]), services)
    start_contexts = await start_contexts_of(view, contexts, services)
    customers = [judged(start.context, partial(_judge, command, whole, start)) for start in start_contexts]
    proposal = joined(command, cluster, customers, sum(run.is_open for run in view.unrecognised))
    elsewhere = elsewhere_notes_for_all(proposal.customers, cluster, configured, open_elsewhere)
    volumes = _without_volumes(next((start.facts.source_silent for start in start_contexts), ""))
    return replace(proposal, warnings=(*elsewhere, *volumes, *proposal.warnings))


def _without_volumes(why: str) -> tuple[VolumesUnknown, ...]:
    return (VolumesUnknown(why),) if why else ()


def judge_retry(command: Retry, start_context: StartContext) -> Proposal:
    """The proposal of ``retry`` for a customer whose context is known."""
    return _judge(command, range_within(command.range, start_context.context.terms.campaign), start_context)


def _judge(command: Retry, whole: Window, start_context: StartContext) -> Proposal:
    context = start_context.context
    require_all_described(context)
    if context.sequence:
        return propose_retry_in_sequence(command, context.sequence, context)
    return propose_run(command, RunRequest(whole, command.which), start_context)
