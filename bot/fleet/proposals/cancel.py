"""``cancel``: tells an open sequence to stop or to skip days; without one, begins one that cancels the open runs."""

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
    """Raises UsageError when nothing is open, when all of it is being cancelled, or when no days can be skipped."""
    sequence = context.sequence
    if command.range:
        return _propose_skip(command, command.range, context)
    if sequence is None:
        return _propose_cancel_runs(command, context)
    if context.is_ending:
        raise UsageError(open_sequence_sentence(sequence, context.begun_by), _terminate_hint(command))
    stop = Instruct(sequence, Instruction(Order.STOP, by="", reason=""))
    return Proposal(command, context.target, (stop,), warnings=_warn_about_strangers(context))


def _propose_cancel_runs(command: Cancel, context: ProposalContext) -> Proposal:
    customer = context.target.customer
    if not context.open:
        raise UsageError(f"{customer} has nothing open.", f"{typed_form(command, 'status')} shows how it stands.")
    if all(run.cancel_requested for run in context.open):
        problem = f"What is open of {customer} is being cancelled already: {plural(len(context.open), 'workflow')}."
        raise UsageError(problem, _terminate_hint(command))
    act = cancel_only(context, command.word(), context.open)
    return Proposal(command, context.target, (act,))


def _propose_skip(command: Cancel, days: Window, context: ProposalContext) -> Proposal:
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
    return Proposal(command, context.target, (skip,), warnings=_warn_about_running(days, sequence))


def _remaining_days(context: ProposalContext) -> tuple[Window, ...] | None:
    """The days that the open sequence has still to run, in order.

    None when they are unknown: the sequence does not answer, its closed runs were not read, or it repeats days.
    """
    progress = context.sequence.progress if context.sequence else None
    if progress is None:
        return None
    running = [running.window for running in progress.running]
    done = [*running, *(ended.window for ended in progress.troubled), *_completed(progress, context)]
    left = tuple(gap for days in _asked_days(progress) for gap in missing(days, done))
    return left if total_days(left) == progress.queued_days else None


def _asked_days(progress: SequenceProgress) -> tuple[Window, ...]:
    """All days of the sequence. They include adopted windows: one that is cut in halves has days to come, too."""
    spec = progress.spec
    windows = [*spec.days, *(held.window for held in spec.adopt if held.window)]
    return union(windows, Window(min(windows).start, max(days.end for days in windows))) if windows else ()


def _completed(progress: SequenceProgress, context: ProposalContext) -> list[Window]:
    """The windows of runs that have completed since the sequence began."""
    return [
        run.window
        for run in context.runs
        if run.window
        and run.execution.status is ExecutionStatus.COMPLETED
        and run.execution.closed_at
        and run.execution.closed_at >= progress.spec.started_at
    ]


def _may_be_queued(days: Window, progress: SequenceProgress, left: tuple[Window, ...] | None) -> bool:
    """Whether the sequence may still have to run some of ``days``; it refuses to skip days that it has not queued."""
    possible = (progress.spec.days if progress.queued else ()) if left is None else left
    return any(days.intersection(window) for window in possible)


def _warn_about_running(days: Window, sequence: SequenceStanding) -> tuple[str, ...]:
    running = sequence.progress.running if sequence.progress else ()
    touched = [str(now.window) for now in running if now.window.intersection(days)]
    if not touched:
        return ()
    return (f"The window that runs, {', '.join(touched)}, goes on: only windows still to come are left out.",)


def _warn_about_strangers(context: ProposalContext) -> tuple[str, ...]:
    others = len(context.strangers)
    if not others:
        return ()
    subject = f"{plural(others, 'open workflow')} {'is' if others == 1 else 'are'} not the sequence's"
    return (f"{subject}, and left to run: cancel again once the sequence has ended.",)


def _terminate_hint(command: Cancel) -> str:
    return f"If it does not end, {typed_form(command, 'terminate')} ends it without asking."
