"""One proposal for all customers of a cluster to whom a command applies."""

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
    """One customer of the cluster, and what would be done, or why nothing would."""

    context: ProposalContext
    result: Proposal | UsageError


def judged(context: ProposalContext, judge: Callable[[], Proposal]) -> CustomerProposal:
    """What a refusal means for a whole cluster: that the command does not apply to this customer."""
    try:
        return CustomerProposal(context, judge())
    except UsageError as exc:
        return CustomerProposal(context, exc)
    except Unavailable as exc:
        # A sequence that does not say how it stands: the others are not held up by it.
        return CustomerProposal(context, ActionBlocked(f"{exc}."))


def joined(
    command: ControlRequest, cluster: str, customers: Sequence[CustomerProposal], unrecognised: int = 0
) -> Proposal:
    """Everything in one; ``unrecognised`` counts open workflows of which nobody knows whose they are.

    Raises UsageError when it applies to nobody.
    """
    proposals = [one.result for one in customers if isinstance(one.result, Proposal)]
    refused = [(one, one.result) for one in customers if isinstance(one.result, UsageError)]
    hindered = [(one, exc) for one, exc in refused if isinstance(exc, ActionBlocked)]
    if not proposals and hindered:
        raise _hindered(command, cluster, hindered)
    strangers = _not_recognised(unrecognised)
    if not proposals:
        raise UsageError(
            f"There is nothing on {cluster} to {command.word()}.{_why(refused)}",
            " ".join((*strangers, f"{typed_form(command, 'status')} shows what is open there.")),
        )
    warnings = _told_once(proposals)
    warnings += _left_out(hindered)
    left = [one.context.target.customer for one, _ in refused if one.context.open]
    if left:
        warnings.append(f"It does not apply to {listed(left)}, and what runs there is left to run.")
    warnings += strangers
    acts = tuple(act for proposal in proposals for act in proposal.acts)
    return Proposal(command, Target(cluster), acts, warnings=tuple(warnings), until_last=_until_last(proposals))


def _not_recognised(number: int) -> list[str]:
    be = "is" if number == 1 else "are"
    return [f"{plural(number, 'open workflow')} {be} not recognised, and left to run."] if number else []


def _hindered(
    command: ControlRequest, cluster: str, refused: Sequence[tuple[CustomerProposal, ActionBlocked]]
) -> ActionBlocked:
    """Why not, when it would apply to these and to nobody else: that is not nothing to do."""
    number, hint = plural(len(refused), "customer"), next((exc.hint for _, exc in refused if exc.hint), "")
    whys = list(dict.fromkeys(exc.problem for _, exc in refused))
    more = f" {plural(len(whys) - 1, 'other reason')} beside it." if len(whys) > 1 else ""
    return ActionBlocked(
        f"There is something to {command.word()} of {number} on {cluster}, but not now. {whys[0]}{more}", hint
    )


def _left_out(refused: Sequence[tuple[CustomerProposal, ActionBlocked]]) -> list[str]:
    """Who is not part of the proposal though there is something to do, and why: one line a reason."""
    by_reason: dict[str, list[str]] = {}
    for one, exc in refused:
        by_reason.setdefault(exc.problem, []).append(one.context.target.customer)
    return [f"Left out now: {listed(names)}. {problem}" for problem, names in by_reason.items()]


def _until_last(proposals: Sequence[Proposal]) -> Estimate | None:
    """Of those that start something; None when one of them cannot tell."""
    times = [proposal.plan.eta if proposal.plan else None for proposal in proposals if _starts(proposal)]
    known = [time for time in times if time]
    if not known or len(known) < len(times):
        return None
    return Estimate(max(time.low for time in known), max(time.high for time in known))


def _starts(proposal: Proposal) -> bool:
    return any(isinstance(act, BeginSequence) and act.spec.days for act in proposal.acts)


def _why(refused: Sequence[tuple[CustomerProposal, UsageError]]) -> str:
    """Why not to one of those who have something open, or to the only one there is; the others are counted."""
    active = [one for one in refused if one[0].context.open or one[0].context.sequence]
    shown = refused if len(refused) == 1 else active
    if not shown:
        return ""
    others = len(shown) - 1
    more = f" It does not apply to {plural(others, 'other customer')} with something open, either." if others else ""
    return f" {shown[0][1].problem}{more}"


def _told_once(proposals: Sequence[Proposal]) -> list[str]:
    """What is true of several is said of nobody in particular."""
    times = Counter(warning for proposal in proposals for warning in proposal.warnings)
    told = (
        warning if times[warning] > 1 else f"{proposal.target.customer}: {warning}"
        for proposal in proposals
        for warning in proposal.warnings
    )
    return list(dict.fromkeys(told))
