"""``pause`` and ``resume``: what a sequence is told, for one customer."""

from bot.commands import Pause, Resume
from bot.errors import UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.sentences import how_it_runs, line, runs_already, which
from bot.model import Instruction, Order, SequenceStanding, in_utc


def propose_pause(command: Pause, situation: ProposalContext) -> Proposal:
    """Raises UsageError without a sequence that could be paused."""
    sequence = _sequence(command, situation)
    if situation.is_ending:
        raise _being_cancelled(sequence, situation)
    if sequence.progress and sequence.progress.paused_by:
        problem = f"The sequence of {situation.target.customer} is paused already."
        raise UsageError(problem, f"Type {line(command, 'resume')} to go on.")
    return _instructed(command, situation, Instruct(sequence, Instruction(Order.PAUSE, by="", reason="")))


def propose_resume(command: Resume, situation: ProposalContext) -> Proposal:
    """Raises UsageError without a sequence that is paused."""
    sequence = _sequence(command, situation)
    if situation.is_ending:
        raise _being_cancelled(sequence, situation)
    if sequence.progress and not sequence.progress.paused_by:
        problem = f"The sequence of {situation.target.customer} is not paused."
        raise UsageError(problem, runs_already(sequence, situation.begun_by))
    return _instructed(command, situation, Instruct(sequence, Instruction(Order.RESUME, by="", reason="")))


def _sequence(command: Pause | Resume, situation: ProposalContext) -> SequenceStanding:
    if situation.sequence:
        return situation.sequence
    problem = f"No sequence of {situation.target.customer} is open, so there is nothing to {command.word()}."
    if situation.open:
        run = situation.open[0]
        told = f"{which(run, situation)}, {how_it_runs(run, situation)}"
        raise UsageError(problem, f"What runs goes on by itself: {told}. {line(command, 'cancel')} ends it.")
    raise UsageError(problem, f"{line(command, 'status')} shows how it stands.")


def _instructed(command: Pause | Resume, situation: ProposalContext, act: Instruct) -> Proposal:
    silent = act.standing.progress is None
    warnings = (f"The sequence does not answer now; it was begun at {in_utc(act.standing.started_at)}.",)
    return Proposal(command, situation.target, (act,), warnings=warnings if silent else ())


def _being_cancelled(sequence: SequenceStanding, situation: ProposalContext) -> UsageError:
    return UsageError(runs_already(sequence, situation.begun_by), "It starts no window any more.")
