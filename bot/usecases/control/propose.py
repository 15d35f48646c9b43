"""Makes the proposals of ``run``, ``split``, ``pause``, ``resume``, ``cancel`` and ``terminate``. Changes nothing.

Each function gathers the context, and ``bot.fleet.proposals`` decides. Each raises Declined if there is nothing to do
or nothing can be done, and DependencyError if the cluster does not answer. ``retry`` is in ``retry.py``.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.commands import Cancel, ControlRequest, Group, Pause, Resume, Run, Selection, Split, Terminate
from bot.commands.control import run_incomplete
from bot.computing import compute
from bot.fleet.proposals.bulk import BulkProposal
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.context import ProposalContext, StartContext
from bot.fleet.proposals.pause_resume import propose_pause, propose_resume
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.run import RunRequest, propose_one_window, propose_run
from bot.fleet.proposals.sizes import COMMON_SIZES, proposals_by_size
from bot.fleet.proposals.split import propose_split
from bot.fleet.proposals.terminate import propose_terminate
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import NotForAll
from bot.services import Services
from bot.usecases.control.candidates import Candidate, Judge, narrowed, to_start
from bot.usecases.control.context import context_of, propose_for_target
from bot.usecases.control.plan_inputs import (
    check_days,
    range_within,
    require_all_described,
    require_customer,
    resolve_customer,
    start_context_of,
)
from bot.usecases.control.propose_bulk import propose_bulk
from bot.usecases.control.waiting_already import without_waiting
from bot.usecases.observe.observe import observe
from bot.usecases.resolve import resolve_open, resolve_target, with_other_clusters


async def run(command: Run, services: Services) -> Proposal:
    """Propose to run a customer's windows one after the other, or one workflow over the whole range."""
    campaign = services.config.campaign.window
    range_within(command.range, campaign)
    check_days(command.days, campaign)
    target = await resolve_customer(command, services)
    context, resolved = await asyncio.gather(
        start_context_of(target, services), with_other_clusters(target, services)
    )
    proposal = resolved.judged(partial(judge_run, command, context), context.context.unrecognised)
    return await _with_sizes(proposal, narrowed(Run, judge_run, context))


async def run_or_queue(command: Run, services: Services) -> Proposal | BulkProposal:
    """Propose what ``run`` proposes for a customer. For a cluster, propose to queue all of its customers that are not
    complete."""
    target = await resolve_target(command.target, services)
    if target.customer:
        return await run(command, services)
    cluster = target.cluster
    if command.whole or command.which is Selection.ALL:
        raise Declined(NotForAll("whole" if command.whole else "all", cluster))
    return await propose_bulk(run_incomplete(command, cluster), gather_run, services)


def judge_run(command: Run, start: StartContext) -> Proposal:
    """The proposal of ``run`` for a customer whose context is known."""
    campaign = start.context.terms.campaign
    require_all_described(start.context)
    check_days(command.days, campaign)
    request = RunRequest(range_within(command.range, campaign), command.which, command.days)
    return (propose_one_window if command.whole else propose_run)(command, request, start)


_gather_run = to_start(Run, judge_run)


async def gather_run(
    cluster: str, customers: Sequence[str], command: ControlRequest, services: Services
) -> list[Candidate]:
    """The candidates of ``run``. If the command queues customers, a candidate is refused when its customer already
    waits in the queue for everything that the command asks for."""
    found = await _gather_run(cluster, customers, command, services)
    if not isinstance(command, Run) or command.group is not Group.INCOMPLETE:
        return found
    return await without_waiting(cluster, found, command, services)


async def split(command: Split, services: Services) -> Proposal:
    """Propose to cancel the customer's open runs that struggle, span the campaign or are being cancelled already, to
    wait until they have closed, and to run the missing days as windows. If a sequence is open, propose another size
    for its windows instead."""
    check_days(command.days, services.config.campaign.window)
    resolved = await resolve_open(command, services)
    context = await start_context_of(require_customer(command, resolved.target), services)
    proposal = resolved.judged(partial(propose_split, command, context), context.context.unrecognised)
    return await _with_sizes(proposal, narrowed(Split, judge_split, context))


def judge_split(command: Split, start: StartContext) -> Proposal:
    """The proposal of ``split`` for a customer whose context is known."""
    check_days(command.days, start.context.terms.campaign)
    require_all_described(start.context)
    return propose_split(command, start)


async def _with_sizes(proposal: Proposal, judge: Judge) -> Proposal:
    """The proposal with the window sizes that its dialog offers. Runs in a thread, because each size is a plan of the
    whole campaign."""
    return replace(proposal, sizes=await compute(proposals_by_size, proposal, judge, COMMON_SIZES))


async def pause(command: Pause, services: Services) -> Proposal:
    """Propose to start no more windows of the sequences, while the running windows finish; to hold places in the
    queue; and, for a single customer, to pause the activities of runs outside of sequences."""
    return await propose_for_target(command, services, partial(propose_pause, command))


async def resume(command: Resume, services: Services) -> Proposal:
    """Propose to resume paused sequences, to release held places in the queue, and, for a single customer, to resume
    paused activities."""
    return await propose_for_target(command, services, partial(propose_resume, command))


async def cancel(command: Cancel, services: Services) -> Proposal:
    """Propose to stop sequences and give up places in the queue, to skip days of sequences, or to cancel runs that
    belong to no sequence."""
    if command.range is None:
        return await propose_for_target(command, services, partial(propose_cancel, command))
    range_within(command.range, services.config.campaign.window)
    resolved = await resolve_open(command, services)
    if not resolved.target.customer:
        return await propose_for_target(command, services, partial(propose_cancel, command))
    # All runs, also ended ones: they decide which days are still to be run.
    view = await observe(resolved.target.cluster, services)
    context = await context_of(resolved.target, view, services)
    return resolved.judged(partial(propose_cancel, command, context), context.unrecognised)


def judge_cancel(command: Cancel, context: ProposalContext) -> Proposal:
    """The proposal of ``cancel`` for a customer whose context is known."""
    range_within(command.range, context.terms.campaign)
    return propose_cancel(command, context)


async def terminate(command: Terminate, services: Services) -> Proposal:
    """Propose to stop the sequences, give up places in the queue, and terminate the open runs. A terminated run
    cannot clean up."""
    return await propose_for_target(command, services, partial(propose_terminate, command))
