"""Joins the proposals for the customers of a cluster into one, with a sentence about those it leaves out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.commands import ControlRequest
from bot.errors import ActionBlocked, Unavailable, UsageError
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Estimate
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import BeginSequence, Proposal
from bot.fleet.proposals.sentences import typed_form
from bot.model.text import listed, plural


@dataclass(frozen=True, slots=True)
class CustomerProposal:
    """One customer of the cluster, with its proposal or the reason why it has none."""

    context: ProposalContext
    result: Proposal | UsageError


def judged(context: ProposalContext, judge: Callable[[], Proposal]) -> CustomerProposal:
    """Call ``judge`` and keep a refusal as its result, because it must not hold up the other customers."""
    try:
        return CustomerProposal(context, judge())
    except UsageError as exc:
        return CustomerProposal(context, exc)
    except Unavailable as exc:
        # The sequence of this customer did not answer.
        return CustomerProposal(context, ActionBlocked(f"{exc}."))


def joined(
    command: ControlRequest, cluster: str, customers: Sequence[CustomerProposal], unrecognised: int = 0
) -> Proposal:
    """One proposal for all; ``unrecognised`` counts open workflows whose customer is unknown.

    Raises UsageError when the command applies to no customer.
    """
    proposals = [customer.result for customer in customers if isinstance(customer.result, Proposal)]
    refused = [(customer, customer.result) for customer in customers if isinstance(customer.result, UsageError)]
    blocked = [(customer, exc) for customer, exc in refused if isinstance(exc, ActionBlocked)]
    if not proposals and blocked:
        raise _blocked_for_all(command, cluster, blocked)
    strangers = _warn_about_unrecognised(unrecognised)
    if not proposals:
        raise UsageError(
            f"There is nothing on {cluster} to {command.word()}.{_why(refused)}",
            " ".join((*strangers, f"{typed_form(command, 'status')} shows what is open there.")),
        )
    warnings = _merge_warnings(proposals)
    warnings += _warn_about_blocked(blocked)
    left = [customer.context.target.customer for customer, _ in refused if customer.context.open]
    if left:
        warnings.append(f"It does not apply to {listed(left)}, and what runs there is left to run.")
    warnings += strangers
    acts = tuple(act for proposal in proposals for act in proposal.acts)
    return Proposal(command, Target(cluster), acts, warnings=tuple(warnings), until_last=_until_last(proposals))


def _warn_about_unrecognised(number: int) -> list[str]:
    be = "is" if number == 1 else "are"
    return [f"{plural(number, 'open workflow')} {be} not recognised, and left to run."] if number else []


def _blocked_for_all(
    command: ControlRequest, cluster: str, refused: Sequence[tuple[CustomerProposal, ActionBlocked]]
) -> ActionBlocked:
    """The refusal when the command would apply, but every customer it applies to is blocked now."""
    number, hint = plural(len(refused), "customer"), next((exc.hint for _, exc in refused if exc.hint), "")
    whys = list(dict.fromkeys(exc.problem for _, exc in refused))
    more = f" {plural(len(whys) - 1, 'other reason')} beside it." if len(whys) > 1 else ""
    return ActionBlocked(
        f"There is something to {command.word()} of {number} on {cluster}, but not now. {whys[0]}{more}", hint
    )


def _warn_about_blocked(refused: Sequence[tuple[CustomerProposal, ActionBlocked]]) -> list[str]:
    """The customers that are left out although there is something to do, one line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for customer, exc in refused:
        by_reason.setdefault(exc.problem, []).append(customer.context.target.customer)
    return [f"Left out now: {listed(names)}. {problem}" for problem, names in by_reason.items()]


def _until_last(proposals: Sequence[Proposal]) -> Estimate | None:
    """The longest estimate of the proposals that start something; None when one of them has no estimate."""
    times = [proposal.plan.eta if proposal.plan else None for proposal in proposals if _starts(proposal)]
    estimates = [time for time in times if time]
    if not estimates or len(estimates) < len(times):
        return None
    return Estimate(max(time.low for time in estimates), max(time.high for time in estimates))


def _starts(proposal: Proposal) -> bool:
    return any(isinstance(act, BeginSequence) and act.spec.days for act in proposal.acts)


def _why(refused: Sequence[tuple[CustomerProposal, UsageError]]) -> str:
    """The reason for one customer with open work, or for the only customer; the others are counted."""
    active = [(customer, exc) for customer, exc in refused if customer.context.open or customer.context.sequence]
    shown = refused if len(refused) == 1 else active
    if not shown:
        return ""
    others = len(shown) - 1
    more = f" It does not apply to {plural(others, 'other customer')} with something open, either." if others else ""
    return f" {shown[0][1].problem}{more}"


def _merge_warnings(proposals: Sequence[Proposal]) -> list[str]:
    """Each warning once: with the customer's name when it concerns one, without a name when it concerns several."""
    times = Counter(warning for proposal in proposals for warning in proposal.warnings)
    lines = (
        warning if times[warning] > 1 else f"{proposal.target.customer}: {warning}"
        for proposal in proposals
        for warning in proposal.warnings
    )
    return list(dict.fromkeys(lines))
