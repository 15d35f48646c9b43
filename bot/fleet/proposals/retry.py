"""``retry`` of a customer whose sequence is open: the windows of it that are over and did not do are run again."""

from bot.commands import Retry, Selection
from bot.errors import Unavailable, UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.sentences import line, runs_already
from bot.model import Instruction, Order, SequenceProgress, SequenceStanding, Window, WindowEnd

_FAILED = (WindowEnd.FAILED, WindowEnd.CANCELLED)
_TROUBLE = {
    Selection.MISSING: "has failed, differs or was skipped; what is missing is still to come",
    Selection.FAILED: "has failed; what is missing is still to come",
    Selection.ALL: "has failed, differs or was skipped; complete ones can run again once the sequence has ended",
}


def propose_again(command: Retry, sequence: SequenceStanding, situation: ProposalContext) -> Proposal:
    """Raises UsageError when there is nothing to be run again, Unavailable when the sequence does not say."""
    progress = sequence.progress
    if progress is None:
        raise Unavailable(f"The sequence of {sequence.customer} on {situation.target.cluster}", "no answer")
    if situation.is_ending:
        hint = f"It is being cancelled; type {line(command, 'retry')} again once it has ended."
        raise UsageError(runs_already(sequence, situation.begun_by), hint)
    windows = _windows(command, progress)
    if not windows:
        hint = f"No window that is over {_TROUBLE[command.which]}."
        raise UsageError(runs_already(sequence, situation.begun_by), hint)
    acts = (Instruct(sequence, Instruction(Order.AGAIN, by="", reason="", window=window)) for window in windows)
    return Proposal(command, situation.target, tuple(acts))


def _windows(command: Retry, progress: SequenceProgress) -> list[Window]:
    """What of the troubled ones is in range."""
    wanted = [ended for ended in progress.troubled if command.which is not Selection.FAILED or ended.end in _FAILED]
    found = (ended.window.intersection(command.range) if command.range else ended.window for ended in wanted)
    return sorted(set(filter(None, found)))
