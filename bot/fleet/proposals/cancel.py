"""``cancel``: tells the open sequence to stop or to skip days. If no sequence is open, begins a sequence that only
cancels the open runs."""

from functools import partial

from bot.commands import Cancel
from bot.fleet.proposals.activity_warnings import PausedAttemptOpen
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.queue_change import with_place_given_up
from bot.fleet.proposals.sequence_spec import cancel_only
from bot.fleet.proposals.warnings import OthersGoOn, SkipSparesRunning
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import CancelledAlready, NothingOpen
from bot.fleet.refusals.sequences import NoDaysToCome, NoSequenceToSkip, SequenceEnding, StoppedAlready
from bot.model import Instruction, Order, SequenceProgress, SequenceStanding, Window
from bot.model.coverage import missing, total_days, union


def propose_cancel(command: Cancel, context: ProposalContext) -> Proposal:
    """The proposal of ``cancel``. Raises Declined if nothing is left to cancel, or if no open sequence has days to
    skip."""
    if command.range:
        return _propose_skip(command, command.range, context)
    return with_place_given_up(command, context, partial(_propose_stop, command, context))


def _propose_stop(command: Cancel, context: ProposalContext) -> Proposal:
    sequence = context.sequence
    if sequence is None:
        return _propose_cancel_runs(command, context)
    if context.is_ending:
        raise Declined(StoppedAlready(command, context.open_sequence))
    stop = Instruct(sequence, Instruction(Order.STOP, by="", reason=""))
    return Proposal(command, context.target, (stop,), warnings=_warn_about_open(command, context))


def _propose_cancel_runs(command: Cancel, context: ProposalContext) -> Proposal:
    customer = context.target.customer
    if not context.open:
        raise Declined(NothingOpen(command, customer))
    if all(run.cancel_requested for run in context.open):
        raise Declined(CancelledAlready(command, customer, len(context.open)))
    act = cancel_only(context, command.word(), context.open)
    paused = context.paused_attempts(command, context.open)
    return Proposal(command, context.target, (act,), warnings=(*paused, *context.left_below(context.open)))


def _propose_skip(command: Cancel, days: Window, context: ProposalContext) -> Proposal:
    sequence = context.sequence
    if sequence is None:
        raise Declined(NoSequenceToSkip(command, context.target.customer))
    if context.is_ending:
        raise Declined(SequenceEnding(context.open_sequence))
    left = _remaining_days(context)
    if sequence.progress and not _may_be_queued(days, sequence.progress, left):
        raise Declined(NoDaysToCome(days, left or (), context.open_sequence))
    skip = Instruct(sequence, Instruction(Order.SKIP, by="", reason="", window=days))
    return Proposal(command, context.target, (skip,), warnings=_warn_about_running(days, sequence))


def _remaining_days(context: ProposalContext) -> tuple[Window, ...] | None:
    """The days that the open sequence has still to run, in order.

    None if they are unknown: the sequence does not answer, its closed runs were not read, or it runs days again.
    """
    progress = context.sequence.progress if context.sequence else None
    if progress is None:
        return None
    running = [running.window for running in progress.running]
    done = [*running, *(ended.window for ended in progress.troubled), *_completed(progress, context)]
    left = tuple(gap for days in _asked_days(progress) for gap in missing(days, done))
    return left if total_days(left) == progress.queued_days else None


def _asked_days(progress: SequenceProgress) -> tuple[Window, ...]:
    """All days of the sequence, those of adopted windows included: if the sequence cuts an adopted window in halves,
    it runs the halves itself."""
    spec = progress.spec
    windows = [*spec.days, *(held.window for held in spec.adopt if held.window)]
    return union(windows, Window(min(windows).start, max(days.end for days in windows))) if windows else ()


def _completed(progress: SequenceProgress, context: ProposalContext) -> list[Window]:
    """The windows of runs that have completed since the sequence began."""
    return [
        window
        for run in context.runs
        if run.execution.closed_at and run.execution.closed_at >= progress.spec.started_at
        for window in run.complete_days
    ]


def _may_be_queued(days: Window, progress: SequenceProgress, left: tuple[Window, ...] | None) -> bool:
    """Whether some of ``days`` may still wait in the sequence. A sequence can skip only days that it has not begun.
    ``left`` are the days that it has still to run; None if they are unknown."""
    possible = (progress.spec.days if progress.queued else ()) if left is None else left
    return any(days.intersection(window) for window in possible)


def _warn_about_running(days: Window, sequence: SequenceStanding) -> tuple[SkipSparesRunning, ...]:
    running = sequence.progress.running if sequence.progress else ()
    touched = tuple(now.window for now in running if now.window.intersection(days))
    return (SkipSparesRunning(touched),) if touched else ()


def _warn_about_open(command: Cancel, context: ProposalContext) -> tuple[OthersGoOn | PausedAttemptOpen, ...]:
    """The warnings about the customer's open runs: one if a run of the sequence has a paused activity and so may not
    hear of the cancel, and one if there are runs that do not belong to the sequence and go on."""
    others = context.strangers
    paused = context.paused_attempts(command, [run for run in context.open if run not in others])
    return (*paused, OthersGoOn(len(others))) if others else paused
