"""``retry`` for a customer with an open sequence: tells the sequence to run windows again that did not succeed."""

from bot.commands import Retry, Selection
from bot.errors import Unavailable, UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.sentences import open_sequence_sentence, typed_form
from bot.model import Instruction, Order, SequenceProgress, SequenceStanding, Window, WindowEnd

_FAILED = (WindowEnd.FAILED, WindowEnd.CANCELLED)
_TROUBLE = {
    Selection.MISSING: "has failed, differs or was skipped; what is missing is still to come",
    Selection.FAILED: "has failed; what is missing is still to come",
    Selection.ALL: "has failed, differs or was skipped; complete ones can run again once the sequence has ended",
}


def propose_retry_in_sequence(command: Retry, sequence: SequenceStanding, context: ProposalContext) -> Proposal:
    """Raises UsageError when there is nothing to run again, and Unavailable when the sequence does not answer."""
    progress = sequence.progress
    if progress is None:
        raise Unavailable(f"The sequence of {sequence.customer} on {context.target.cluster}", "no answer")
    if context.is_ending:
        hint = f"It is being cancelled; type {typed_form(command, 'retry')} again once it has ended."
        raise UsageError(open_sequence_sentence(sequence, context.begun_by), hint)
    windows = _windows(command, progress)
    if not windows:
        hint = f"No window that is over {_TROUBLE[command.which]}."
        raise UsageError(open_sequence_sentence(sequence, context.begun_by), hint)
    acts = (Instruct(sequence, Instruction(Order.AGAIN, by="", reason="", window=window)) for window in windows)
    return Proposal(command, context.target, tuple(acts))


def _windows(command: Retry, progress: SequenceProgress) -> list[Window]:
    """The selected windows of the sequence that are not simply complete, as far as they are in range."""
    selected = [ended for ended in progress.troubled if command.which is not Selection.FAILED or ended.end in _FAILED]
    windows = (ended.window.intersection(command.range) if command.range else ended.window for ended in selected)
    return sorted(set(filter(None, windows)))
