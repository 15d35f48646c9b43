"""``cancel``: a sequence is told to stop, or skip days; without one, what runs is cancelled and seen to its end."""

from bot.commands import Cancel
from bot.errors import UsageError
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.sentences import open_sequence_sentence, typed_form
from bot.fleet.proposals.sequence_spec import cancel_only
from bot.model import ExecutionStatus, Instruction, Order, SequenceProgress, SequenceStanding, Window
from bot.model.coverage import missing, total_days, union
from bot.model.text import listed, plural


def propose_cancel(command: Cancel, context: ProposalContext) -> Proposal:
    """Raises UsageError when nothing is open, or all of it is being cancelled."""
    sequence = context.sequence
    if command.range:
        return _skipped(command, command.range, context)
    if sequence is None:
        return _without_sequence(command, context)
    if context.is_ending:
        raise UsageError(open_sequence_sentence(sequence, context.begun_by), _does_not_end(command))
    stop = Instruct(sequence, Instruction(Order.STOP, by="", reason=""))
    return Proposal(command, context.target, (stop,), warnings=_left_alone(context))


def _without_sequence(command: Cancel, context: ProposalContext) -> Proposal:
    customer = context.target.customer
    if not context.open:
        raise UsageError(f"{customer} has nothing open.", f"{typed_form(command, 'status')} shows how it stands.")
    if all(run.cancel_requested for run in context.open):
        problem = f"What is open of {customer} is being cancelled already: {plural(len(context.open), 'workflow')}."
        raise UsageError(problem, _does_not_end(command))
    act = cancel_only(context, command.word(), context.open)
    return Proposal(command, context.target, (act,))


def _skipped(command: Cancel, days: Window, context: ProposalContext) -> Proposal:
    sequence = context.sequence
    if sequence is None:
        problem = f"No sequence of {context.target.customer} is open, so no days of it can be left out."
        raise UsageError(problem, f"Type {typed_form(command, 'cancel')}, without days, to cancel what runs.")
    if context.is_ending:
        raise UsageError(open_sequence_sentence(sequence, context.begun_by), "It starts no window any more.")
    left = _remaining_days(context)
    if sequence.progress and not _may_be_queued(days, sequence.progress, left):
        which = f"Still to come: {listed([each.briefly() for each in left])}." if left else ""
        hint = " ".join(filter(None, (which, open_sequence_sentence(sequence, context.begun_by))))
        raise UsageError(f"No window of {days} is still to come.", hint)
    skip = Instruct(sequence, Instruction(Order.SKIP, by="", reason="", window=days))
    return Proposal(command, context.target, (skip,), warnings=_goes_on(days, sequence))


def _remaining_days(context: ProposalContext) -> tuple[Window, ...] | None:
    """In order. None where that is not known: the sequence does not answer, its closed runs were not looked at, or
    days that have run are to be run again."""
    progress = context.sequence.progress if context.sequence else None
    if progress is None:
        return None
    taken = [running.window for running in progress.running]
    done = [*taken, *(ended.window for ended in progress.troubled), *_completed(progress, context)]
    left = tuple(gap for days in _asked_days(progress) for gap in missing(days, done))
    return left if total_days(left) == progress.queued_days else None


def _asked_days(progress: SequenceProgress) -> tuple[Window, ...]:
    """What it runs and follows: of what it follows, too, halves may be to come."""
    spec = progress.spec
    asked = [*spec.days, *(held.window for held in spec.adopt if held.window)]
    return union(asked, Window(min(asked).start, max(days.end for days in asked))) if asked else ()


def _completed(progress: SequenceProgress, context: ProposalContext) -> list[Window]:
    """Days that runs have completed since it began."""
    return [
        run.window
        for run in context.runs
        if run.window
        and run.execution.status is ExecutionStatus.COMPLETED
        and run.execution.closed_at
        and run.execution.closed_at >= progress.spec.started_at
    ]


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


def _left_alone(context: ProposalContext) -> tuple[str, ...]:
    others = len(context.strangers)
    if not others:
        return ()
    told = f"{plural(others, 'open workflow')} {'is' if others == 1 else 'are'} not the sequence's"
    return (f"{told}, and left to run: cancel again once the sequence has ended.",)


def _does_not_end(command: Cancel) -> str:
    return f"If it does not end, {typed_form(command, 'terminate')} ends it without asking."
