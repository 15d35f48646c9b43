"""Joins the proposals for a cluster's customers into one, with warnings about those that are left out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.commands import ControlRequest
from bot.errors import Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import BeginSequence, ChangeQueue, Proposal
from bot.fleet.proposals.warnings import DoesNotApply, LeftOut, OfOneCustomer, ProposalWarning, Unrecognised
from bot.fleet.refusals.declined import ActionBlocked, BlockedForAll, Declined, NothingOnCluster, Refusal
from bot.fleet.refusals.sequences import SequenceSilent
from bot.fleet.status.estimate import Estimate, until_last


@dataclass(frozen=True, slots=True)
class CustomerProposal:
    """One customer of the cluster, with its proposal or with the reason why it has none."""

    context: ProposalContext
    result: Proposal | Declined


def judged(context: ProposalContext, judge: Callable[[], Proposal]) -> CustomerProposal:
    """Call ``judge``. A refusal becomes the customer's result, so that the other customers are not held up."""
    try:
        return CustomerProposal(context, judge())
    except Declined as exc:
        return CustomerProposal(context, exc)
    except Unavailable as exc:
        # The sequence of this customer did not answer.
        return CustomerProposal(context, ActionBlocked(SequenceSilent(exc.system, exc.why)))


def joined(
    command: ControlRequest,
    cluster: str,
    customers: Sequence[CustomerProposal],
    unrecognised: int = 0,
    queue: tuple[ChangeQueue, ...] = (),
) -> Proposal:
    """One proposal for all customers. ``unrecognised`` counts open workflows whose customer is unknown. ``queue`` is
    the change of the cluster's queue, which comes first.

    Raises Declined if the command would do nothing for any customer and change no queue.
    """
    proposals = [customer.result for customer in customers if isinstance(customer.result, Proposal)]
    refused = [(customer, customer.result) for customer in customers if isinstance(customer.result, Declined)]
    blocked = [(customer, exc) for customer, exc in refused if isinstance(exc, ActionBlocked)]
    if not proposals and blocked and not queue:
        raise _blocked_for_all(command, cluster, blocked)
    if not proposals and not queue:
        raise Declined(NothingOnCluster(command, cluster, *_example(refused), unrecognised))
    warnings = merge_warnings(proposals)
    warnings += _warn_about_blocked(blocked)
    others = [customer.context for customer, exc in refused if not isinstance(exc, ActionBlocked)]
    left = tuple(context.target.customer for context in others if context.open)
    warnings += [DoesNotApply(left)] if left else []
    warnings += [Unrecognised(unrecognised)] if unrecognised else []
    acts = (*queue, *(act for proposal in proposals for act in proposal.acts))
    slots = customers[0].context.terms.slots if customers else {}
    eta = time_until_last(proposals, slots)
    return Proposal(command, Target(cluster), acts, warnings=tuple(warnings), until_last=eta)


def _blocked_for_all(
    command: ControlRequest, cluster: str, refused: Sequence[tuple[CustomerProposal, ActionBlocked]]
) -> ActionBlocked:
    """The refusal if the command applies to some customers, but none of them can be changed now."""
    reasons = tuple(dict.fromkeys(exc.reason for _, exc in refused))
    return ActionBlocked(BlockedForAll(command, cluster, len(refused), reasons))


def _warn_about_blocked(refused: Sequence[tuple[CustomerProposal, ActionBlocked]]) -> list[LeftOut]:
    """The warnings about customers that are left out although there is something to do for them. Customers with the
    same reason share a warning."""
    by_reason: dict[Refusal, list[str]] = {}
    for customer, exc in refused:
        by_reason.setdefault(exc.reason, []).append(customer.context.target.customer)
    return [LeftOut(tuple(names), reason) for reason, names in by_reason.items()]


def time_until_last(proposals: Sequence[Proposal], slots: Mapping[str, int]) -> Estimate | None:
    """The time until all customers whose proposal starts windows are complete. None if there is no such customer, or
    if the time of one of them is unknown. ``slots`` is how many windows run at once on each cluster."""
    works = [proposal.plan.work if proposal.plan else None for proposal in proposals if _starts(proposal)]
    known = [work for work in works if work]
    return until_last(known, slots) if len(known) == len(works) else None


def _starts(proposal: Proposal) -> bool:
    return any(isinstance(act, BeginSequence) and act.spec.days for act in proposal.acts)


def _example(refused: Sequence[tuple[CustomerProposal, Declined]]) -> tuple[Refusal | None, int]:
    """Why one customer was refused, as an example for all, and how many other customers with open work were refused.
    The example is the first customer with open work. If only one customer was refused, that customer is the example,
    even without open work. None and 0 if there is no example."""
    active = [(customer, exc) for customer, exc in refused if customer.context.open or customer.context.sequence]
    shown = refused if len(refused) == 1 else active
    return (shown[0][1].reason, len(shown) - 1) if shown else (None, 0)


def merge_warnings(proposals: Sequence[Proposal]) -> list[ProposalWarning]:
    """All warnings without repetitions. A warning of only one customer becomes an ``OfOneCustomer`` with the
    customer's name. A warning that several customers share stays as it is, without names."""
    times = Counter(warning for proposal in proposals for warning in proposal.warnings)
    merged = (
        warning if times[warning] > 1 else OfOneCustomer(proposal.target.customer, warning)
        for proposal in proposals
        for warning in proposal.warnings
    )
    return list(dict.fromkeys(merged))
