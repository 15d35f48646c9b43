"""Makes the proposal of ``retry``: failed windows again in the open sequence, or missing days in a new sequence."""

import asyncio
from dataclasses import replace
from functools import partial

from bot.commands import Retry
from bot.fleet.proposals.context import StartContext
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.retry import propose_retry_in_sequence
from bot.fleet.proposals.run import RunRequest, propose_run
from bot.fleet.proposals.whole_cluster import joined, judged
from bot.fleet.runs.open_work import elsewhere_sentences_for_all
from bot.model import Window
from bot.services import Services
from bot.usecases.control.context import contexts_of
from bot.usecases.control.plan_inputs import range_within, require_all_described, start_context_of, start_contexts_of
from bot.usecases.observe.observe import observe_whole
from bot.usecases.observe.open_work import open_work_on
from bot.usecases.resolve import configured_names, resolve_target, with_other_clusters


async def retry(command: Retry, services: Services) -> Proposal:
    """Raises UsageError when there is nothing to run again, and DependencyError when the cluster does not answer.

    A cluster stands for all customers that are expected or have run there: days that never ran are missing too.
    """
    whole = range_within(command.range, services.config.campaign.window)
    target = await resolve_target(command.target, services)
    if target.customer:
        start_context, steered = await asyncio.gather(
            start_context_of(target, services), with_other_clusters(target, services)
        )
        return steered.judged(partial(_judge, command, whole, start_context))
    return await _of_cluster(command, whole, target.cluster, services)


async def _of_cluster(command: Retry, whole: Window, cluster: str, services: Services) -> Proposal:
    configured = configured_names(services)
    besides = [name for name in configured if name != cluster]
    view, known = await asyncio.gather(observe_whole(cluster, services), open_work_on(besides, services))
    everybody = await contexts_of(view, services, configured[cluster])
    grounds = await start_contexts_of(view, everybody, services)
    customers = [
        judged(start_context.context, partial(_judge, command, whole, start_context)) for start_context in grounds
    ]
    proposal = joined(command, cluster, customers, sum(run.is_open for run in view.unrecognised))
    others = elsewhere_sentences_for_all(proposal.customers, cluster, configured, known)
    volumes = _without_volumes(next((start_context.facts.source_silent for start_context in grounds), ""))
    return replace(proposal, warnings=(*others, *volumes, *proposal.warnings))


def _without_volumes(why: str) -> tuple[str, ...]:
    return (f"The source did not say how much there is, or whether there is anything: {why}.",) if why else ()


def _judge(command: Retry, whole: Window, start_context: StartContext) -> Proposal:
    context = start_context.context
    require_all_described(context)
    if context.sequence:
        return propose_retry_in_sequence(command, context.sequence, context)
    return propose_run(command, RunRequest(whole, command.which), start_context)
