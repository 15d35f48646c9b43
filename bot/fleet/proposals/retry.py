"""``retry`` for a customer with an open sequence: tells the sequence to run windows again that are not complete."""

from bot.commands import Retry, Selection
from bot.errors import Unavailable
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.going_on import refuse_beside_children
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.sequences import NothingToRetry, RetryLater
from bot.model import Instruction, Order, SequenceProgress, SequenceStanding, Window, WindowEnd

_FAILED = (WindowEnd.IN_DOUBT, WindowEnd.FAILED, WindowEnd.CANCELLED)


def propose_retry_in_sequence(command: Retry, sequence: SequenceStanding, context: ProposalContext) -> Proposal:
    """The proposal of ``retry``. Raises Declined if there is nothing to run again, if the sequence is ending, or if a
    workflow below the customer's runs fills the days. Raises Unavailable if the sequence does not answer."""
    progress = sequence.progress
    if progress is None:
        raise Unavailable(f"The sequence of {sequence.customer} on {context.target.cluster}", "no answer")
    if context.is_ending:
        raise Declined(RetryLater(command, context.open_sequence))
    windows = _windows(command, progress)
    if not windows:
        raise Declined(NothingToRetry(command.which, context.open_sequence))
    refuse_beside_children(context, (), windows)
    acts = (Instruct(sequence, Instruction(Order.AGAIN, by="", reason="", window=window)) for window in windows)
    return Proposal(command, context.target, tuple(acts))


def _windows(command: Retry, progress: SequenceProgress) -> list[Window]:
    """The windows to run again, each cut to the command's range. They are windows of the sequence that have ended and
    are not simply complete (``troubled``). If the command asks for failed windows only, differing, halved and skipped
    windows are left out."""
    selected = [ended for ended in progress.troubled if command.which is not Selection.FAILED or ended.end in _FAILED]
    windows = (ended.window.intersection(command.range) if command.range else ended.window for ended in selected)
    return sorted(set(filter(None, windows)))
