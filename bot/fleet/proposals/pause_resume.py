"""``pause`` and ``resume``: tell the open sequence of one customer to pause or to go on."""

from bot.commands import Pause, Resume
from bot.errors import UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.sentences import how_it_runs, open_sequence_sentence, run_label, typed_form
from bot.model import Instruction, Order, SequenceStanding, in_utc


def propose_pause(command: Pause, context: ProposalContext) -> Proposal:
    """Raises UsageError when no sequence is open, or the open one is paused or ending."""
    sequence = _sequence(command, context)
    if context.is_ending:
        raise _being_cancelled(sequence, context)
    if sequence.progress and sequence.progress.paused_by:
        problem = f"The sequence of {context.target.customer} is paused already."
        raise UsageError(problem, f"Type {typed_form(command, 'resume')} to go on.")
    return _instructed(command, context, Instruct(sequence, Instruction(Order.PAUSE, by="", reason="")))


def propose_resume(command: Resume, context: ProposalContext) -> Proposal:
    """Raises UsageError when no sequence is open, or the open one is not paused or is ending."""
    sequence = _sequence(command, context)
    if context.is_ending:
        raise _being_cancelled(sequence, context)
    if sequence.progress and not sequence.progress.paused_by:
        problem = f"The sequence of {context.target.customer} is not paused."
        raise UsageError(problem, open_sequence_sentence(sequence, context.begun_by))
    return _instructed(command, context, Instruct(sequence, Instruction(Order.RESUME, by="", reason="")))


def _sequence(command: Pause | Resume, context: ProposalContext) -> SequenceStanding:
    if context.sequence:
        return context.sequence
    problem = f"No sequence of {context.target.customer} is open, so there is nothing to {command.word()}."
    if context.open:
        run = context.open[0]
        running = f"{run_label(run, context)}, {how_it_runs(run, context)}"
        raise UsageError(problem, f"What runs goes on by itself: {running}. {typed_form(command, 'cancel')} ends it.")
    raise UsageError(problem, f"{typed_form(command, 'status')} shows how it stands.")


def _instructed(command: Pause | Resume, context: ProposalContext, act: Instruct) -> Proposal:
    warning = f"The sequence does not answer now; it was begun at {in_utc(act.standing.started_at)}."
    return Proposal(command, context.target, (act,), warnings=() if act.standing.progress else (warning,))


def _being_cancelled(sequence: SequenceStanding, context: ProposalContext) -> UsageError:
    return UsageError(open_sequence_sentence(sequence, context.begun_by), "It starts no window any more.")
