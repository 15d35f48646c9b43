"""Puts confirmed customers into the queues of their clusters. A queue begins its customers' sequences as slots get
free."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands import Group, Run
from bot.errors import DependencyError
from bot.fleet.notifications.keys import bulk_key
from bot.fleet.notifications.notification import dump
from bot.fleet.proposals.audit_records import begun, ended
from bot.fleet.proposals.problems import problem_of
from bot.fleet.proposals.proposal import BeginSequence, Done, ExecutedProposal, Proposal
from bot.model import JournalEntry, OutboxMessage
from bot.model.queue import MAX_CUSTOMERS_PER_MESSAGE, Batch, Enqueue, QueuedCustomer, QueueOrder
from bot.services import Services
from bot.usecases.campaigns.scope import services_of
from bot.usecases.control.confirm import record_outcome
from bot.usecases.control.confirm_bulk import BulkApproval, correct_card, start_each, underway_card


@dataclass(frozen=True, slots=True)
class _Part:
    """Proposals of one cluster that share a batch."""

    cluster: str
    batch: Batch
    proposals: tuple[Proposal, ...]


async def start_or_enqueue(
    proposals: Sequence[Proposal], given: BulkApproval, services: Services
) -> tuple[ExecutedProposal, ...]:
    """Queue the customers if the command is for all incomplete ones; otherwise start each of them."""
    if given.command.group is not Group.INCOMPLETE:
        return await start_each(proposals, given, services)
    if not proposals:
        return ()
    services = await services_of(given.command.campaign, services)
    parts = _parts(proposals, given, services)
    queued = [(part, proposal) for part in parts for proposal in part.proposals]
    records = [record for _, p in queued for record in begun(p, given.for_proposal(p), services.audit_wording)]
    card = underway_card(given, [proposal for _, proposal in queued])
    message = OutboxMessage(bulk_key(given.change), dump(card))
    await services.journal.record(JournalEntry(audit=tuple(records), messages=(message,)), given.at)
    # All clusters at the same time, so that one that does not answer holds up none of the others.
    done = await asyncio.gather(*(_enqueue(part, given, services) for part in parts))
    executed = [each for of_part in done for each in of_part]
    await correct_card(message.key, executed, given, services)
    order = {proposal.target: number for number, proposal in enumerate(proposals)}
    return tuple(sorted(executed, key=lambda each: order[each.proposal.target]))


def _parts(proposals: Sequence[Proposal], given: BulkApproval, services: Services) -> list[_Part]:
    grouped: dict[tuple[str, int | None], list[Proposal]] = {}
    for proposal in proposals:
        command = proposal.command
        days = command.days if isinstance(command, Run) else None
        grouped.setdefault((proposal.target.cluster, days), []).append(proposal)
    batches = {days: _batch(given, days, services) for _, days in grouped}
    return [
        _Part(cluster, batches[days], tuple(_with_batch(proposal, batches[days].id) for proposal in members))
        for (cluster, days), members in grouped.items()
    ]


def _batch(given: BulkApproval, days: int | None, services: Services) -> Batch:
    command = given.command
    if not isinstance(command, Run):
        raise TypeError(command, "is not queued")
    return Batch(
        id=f"{given.change}-{days}" if days else given.change,
        by=given.actor.user_id,
        reason=given.reason,
        which=command.which.value,
        whole=command.range or services.config.campaign.window,
        days=days,
        thread_key=bulk_key(given.change),
        campaign=services.config.campaign.name,
    )


def _with_batch(proposal: Proposal, batch: str) -> Proposal:
    acts = (
        replace(act, spec=replace(act.spec, batch=batch)) if isinstance(act, BeginSequence) else act
        for act in proposal.acts
    )
    return replace(proposal, acts=tuple(acts))


async def _enqueue(part: _Part, given: BulkApproval, services: Services) -> list[ExecutedProposal]:
    """Send the customers to the queue of their cluster, and record the outcome."""
    command, executed = given.command, []
    order = (command.order if isinstance(command, Run) else None) or QueueOrder.SMALLEST
    for at in range(0, len(part.proposals), MAX_CUSTOMERS_PER_MESSAGE):
        chunk = part.proposals[at : at + MAX_CUSTOMERS_PER_MESSAGE]
        customers = tuple(
            QueuedCustomer(p.target.customer, p.plan.rows if p.plan else None, part.batch.id) for p in chunk
        )
        failure: DependencyError | None = None
        try:
            await services.clusters[part.cluster].queue.enqueue(Enqueue(part.batch, customers, order))
        except DependencyError as exc:
            failure = exc
        executed += [_executed(proposal, failure) for proposal in chunk]
    records = [
        record
        for each in executed
        for record in ended(each.proposal, given.for_proposal(each.proposal), each.done, services.audit_wording)
    ]
    await record_outcome(records, (), services)
    return executed


def _executed(proposal: Proposal, failure: DependencyError | None) -> ExecutedProposal:
    problem = problem_of(failure, proposal.target) if failure else None
    return ExecutedProposal(proposal, tuple(Done(act, problem) for act in proposal.acts))
