"""``terminate``: tells the open sequence to stop, so that it starts nothing more, and terminates the open runs."""

from functools import partial

from bot.commands import Terminate
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Act, Instruct, Proposal, TerminateRun
from bot.fleet.proposals.queue_change import with_place_given_up
from bot.fleet.proposals.warnings import EndsByItself, ProposalWarning, UnwrittenIsLost
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NothingOpen
from bot.model import Instruction, Order


def propose_terminate(command: Terminate, context: ProposalContext) -> Proposal:
    """The proposal of ``terminate``. Raises Declined if nothing is open or queued."""
    return with_place_given_up(command, context, partial(_propose_end, command, context))


def _propose_end(command: Terminate, context: ProposalContext) -> Proposal:
    acts: list[Act] = []
    sequence = context.sequence
    # A sequence that is ending takes no instruction while it waits for its runs. If it has no open run and still does
    # not end, or if it does not answer, the sequence itself is terminated.
    hangs = context.is_ending and not context.open
    stops = sequence is not None and (hangs or not context.is_ending)
    if sequence and stops:
        acts.append(Instruct(sequence, Instruction(Order.STOP, by="", reason="", terminates=True)))
    others = context.strangers
    acts += [
        TerminateRun(context.target.customer, run, is_of_sequence=stops and run not in others) for run in context.open
    ]
    below = context.ending_below(context.open)
    acts += [TerminateRun(context.target.customer, run, is_below=True) for run in below]
    if not acts:
        raise Declined(NothingOpen(command, context.target.customer))
    warnings: list[ProposalWarning] = [UnwrittenIsLost()] if context.open else []
    warnings += [EndsByItself()] if hangs else []
    warnings += context.left_below(context.open)
    return Proposal(command, context.target, tuple(acts), warnings=tuple(warnings))
