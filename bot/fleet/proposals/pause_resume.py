"""``pause`` and ``resume``: tell the open sequence of one customer to pause or to go on. If the customer only waits
in the queue, they hold or release its place."""

from bot.commands import Pause, Resume
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.queue_change import of_waiting
from bot.fleet.proposals.warnings import ProgressUnknown
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.sequences import NoSequence, NotPaused, PausedAlready, SequenceEnding
from bot.model import Instruction, Order, SequenceStanding


def propose_pause(command: Pause, context: ProposalContext) -> Proposal:
    """The proposal of ``pause``. Raises Declined if the customer has no open sequence and no place in the queue that
    can be held, or if its sequence is paused or ending."""
    if waiting := of_waiting(command, context):
        return waiting
    sequence = _sequence(command, context)
    if context.is_ending:
        raise Declined(SequenceEnding(context.open_sequence))
    if sequence.progress and sequence.progress.paused_by:
        raise Declined(PausedAlready(command, context.target.customer))
    return _instructed(command, context, Instruct(sequence, Instruction(Order.PAUSE, by="", reason="")))


def propose_resume(command: Resume, context: ProposalContext) -> Proposal:
    """The proposal of ``resume``. Raises Declined if the customer has no open sequence and is not held in the queue,
    or if its sequence is ending or not paused."""
    if waiting := of_waiting(command, context):
        return waiting
    sequence = _sequence(command, context)
    if context.is_ending:
        raise Declined(SequenceEnding(context.open_sequence))
    if sequence.progress and not sequence.progress.paused_by:
        raise Declined(NotPaused(context.target.customer, context.open_sequence))
    return _instructed(command, context, Instruct(sequence, Instruction(Order.RESUME, by="", reason="")))


def _sequence(command: Pause | Resume, context: ProposalContext) -> SequenceStanding:
    if context.sequence:
        return context.sequence
    running = context.facts_of(context.open[0]) if context.open else None
    raise Declined(NoSequence(command, context.target.customer, running))


def _instructed(command: Pause | Resume, context: ProposalContext, act: Instruct) -> Proposal:
    warnings = () if act.standing.progress else (ProgressUnknown(act.standing.started_at),)
    return Proposal(command, context.target, (act,), warnings=warnings)
