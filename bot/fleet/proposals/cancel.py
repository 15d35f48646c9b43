"""``cancel``: a sequence is told to stop, or skip days; without one, what runs is cancelled and seen to its end."""

from bot.commands import Cancel
from bot.errors import UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.remaining_days import days_to_come
from bot.fleet.proposals.sentences import line, runs_already
from bot.fleet.proposals.sequence_spec import cancelling
from bot.model import Instruction, Order, SequenceProgress, SequenceStanding, Window
from bot.model.text import listed, plural


def propose_cancel(command: Cancel, situation: ProposalContext) -> Proposal:
    """Raises UsageError when nothing is open, or all of it is being cancelled."""
    sequence = situation.sequence
    if command.range:
        return _skipped(command, command.range, situation)
    if sequence is None:
        return _without_sequence(command, situation)
    if situation.is_ending:
        raise UsageError(runs_already(sequence, situation.begun_by), _does_not_end(command))
    stop = Instruct(sequence, Instruction(Order.STOP, by="", reason=""))
    return Proposal(command, situation.target, (stop,), warnings=_left_alone(situation))


def _without_sequence(command: Cancel, situation: ProposalContext) -> Proposal:
    customer = situation.target.customer
    if not situation.open:
        raise UsageError(f"{customer} has nothing open.", f"{line(command, 'status')} shows how it stands.")
    if all(run.cancel_requested for run in situation.open):
        problem = f"What is open of {customer} is being cancelled already: {plural(len(situation.open), 'workflow')}."
        raise UsageError(problem, _does_not_end(command))
    act = cancelling(situation, command.word(), situation.open)
    return Proposal(command, situation.target, (act,))


def _skipped(command: Cancel, days: Window, situation: ProposalContext) -> Proposal:
    sequence = situation.sequence
    if sequence is None:
        problem = f"No sequence of {situation.target.customer} is open, so no days of it can be left out."
        raise UsageError(problem, f"Type {line(command, 'cancel')}, without days, to cancel what runs.")
    if situation.is_ending:
        raise UsageError(runs_already(sequence, situation.begun_by), "It starts no window any more.")
    left = days_to_come(situation)
    if sequence.progress and not _may_be_queued(days, sequence.progress, left):
        which = f"Still to come: {listed([each.briefly() for each in left])}." if left else ""
        hint = " ".join(filter(None, (which, runs_already(sequence, situation.begun_by))))
        raise UsageError(f"No window of {days} is still to come.", hint)
    skip = Instruct(sequence, Instruction(Order.SKIP, by="", reason="", window=days))
    return Proposal(command, situation.target, (skip,), warnings=_goes_on(days, sequence))


def _may_be_queued(days: Window, progress: SequenceProgress, left: tuple[Window, ...] | None) -> bool:
    """Where it is not known which days are ``left``, only the sequence knows; it refuses what is not."""
    possible = (progress.spec.days if progress.queued else ()) if left is None else left
    return any(days.intersection(one) for one in possible)


def _goes_on(days: Window, sequence: SequenceStanding) -> tuple[str, ...]:
    running = sequence.progress.running if sequence.progress else ()
    touched = [str(one.window) for one in running if one.window.intersection(days)]
    if not touched:
        return ()
    return (f"The window that runs, {', '.join(touched)}, goes on: only windows still to come are left out.",)


def _left_alone(situation: ProposalContext) -> tuple[str, ...]:
    others = len(situation.strangers)
    if not others:
        return ()
    told = f"{plural(others, 'open workflow')} {'is' if others == 1 else 'are'} not the sequence's"
    return (f"{told}, and left to run: cancel again once the sequence has ended.",)


def _does_not_end(command: Cancel) -> str:
    return f"If it does not end, {line(command, 'terminate')} ends it without asking."
