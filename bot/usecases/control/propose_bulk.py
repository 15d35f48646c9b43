"""Makes the proposals of a command for several customers. Changes nothing."""

from collections.abc import Sequence

from bot.commands import ControlRequest, Group, Run
from bot.computing import compute
from bot.errors import Unavailable
from bot.fleet.proposals.bulk import (
    MOST_ROWS,
    BulkProposal,
    CustomerLeftOut,
    ProposedCustomer,
)
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.sizes import proposals_by_size, takes_size
from bot.fleet.proposals.warnings import QueuedInOrder, Unrecognised
from bot.fleet.refusals.declined import Declined, NothingForAny
from bot.fleet.refusals.sequences import SequenceSilent
from bot.model.queue import QueueOrder
from bot.services import Services
from bot.usecases.control.candidates import Candidate, Gather, gather_all
from bot.usecases.resolve_several import resolve_several


async def propose_bulk(command: ControlRequest, gather: Gather, services: Services) -> BulkProposal:
    """Propose the command for each of its customers. Raises Declined if a name is unknown or ambiguous, if the group
    has no member, or if there is nothing to do for any of the customers. Customers of a cluster that does not answer
    are left out."""
    resolved = await resolve_several(command, services)
    candidates, silent = await gather_all(resolved.targets, command, gather, services)
    customers, left_out = await judge_all(candidates, command)
    silent = (*silent, *resolved.silent)
    if not customers:
        reasons = tuple(dict.fromkeys(each.reason for each in left_out))
        clusters = tuple(dict.fromkeys(each.cluster for each in silent))
        raise Declined(NothingForAny(command, len(resolved.targets), reasons, clusters))
    warnings = (*_queued(command, customers, services), *resolved.warnings, *_unrecognised(candidates))
    return BulkProposal(command, customers, left_out, silent, warnings, services.config.slots)


def _unrecognised(candidates: Sequence[Candidate]) -> tuple[Unrecognised, ...]:
    """A warning with the number of open runs on these clusters that have no recognised customer; empty if there are
    none."""
    number = sum({each.target.cluster: each.unrecognised for each in candidates}.values())
    return (Unrecognised(number),) if number else ()


def _queued(
    command: ControlRequest, customers: Sequence[ProposedCustomer], services: Services
) -> tuple[QueuedInOrder, ...]:
    """A note with the order in which the customers wait in the queue, and how many windows run at once; empty if the
    command does not queue them."""
    if not isinstance(command, Run) or command.group is not Group.INCOMPLETE:
        return ()
    clusters = dict.fromkeys(each.proposal.target.cluster for each in customers)
    at_once = tuple((cluster, services.config.slots[cluster]) for cluster in clusters)
    return (QueuedInOrder(command.order or QueueOrder.SMALLEST, at_once),)


async def judge_all(
    candidates: Sequence[Candidate], command: ControlRequest
) -> tuple[tuple[ProposedCustomer, ...], tuple[CustomerLeftOut, ...]]:
    """The customers with a proposal, and those without one. Runs in a thread, because a plan for each window size of
    hundreds of customers would block the event loop."""
    results = await compute(_judge_all, candidates, command)
    proposed = tuple(result for result in results if isinstance(result, ProposedCustomer))
    return proposed, tuple(result for result in results if isinstance(result, CustomerLeftOut))


def _judge_all(candidates: Sequence[Candidate], command: ControlRequest) -> list[ProposedCustomer | CustomerLeftOut]:
    results = [judged(candidate, command) for candidate in candidates]
    proposed = [result for result in results if isinstance(result, Proposal)]
    if len(proposed) > MOST_ROWS or not takes_size(command):
        return [ProposedCustomer(each) if isinstance(each, Proposal) else each for each in results]
    return [
        ProposedCustomer(result, proposals_by_size(result, candidate.judge))
        if isinstance(result, Proposal)
        else result
        for candidate, result in zip(candidates, results, strict=True)
    ]


def judged(candidate: Candidate, command: ControlRequest) -> Proposal | CustomerLeftOut:
    """The proposal for one customer; or, if there is none, the customer with the reason. The reason is returned and
    not raised, so that it does not hold up the other customers."""
    target = candidate.target
    try:
        return candidate.judge(command.for_one(str(target)))
    except Declined as exc:
        return CustomerLeftOut(target, exc.reason)
    except Unavailable as exc:
        return CustomerLeftOut(target, SequenceSilent(exc.system, exc.why))
