"""``pause`` and ``resume`` for one customer: its open sequence, its place in the queue, and the activities of its
runs.

``pause`` lets the running windows of a sequence go on. ``resume`` lets every paused activity of the customer go on,
also in windows of a sequence: somebody may have paused an activity before the sequence adopted its run.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.commands import Pause, Resume
from bot.fleet.proposals.activity_acts import PauseActivity, UnpauseActivity
from bot.fleet.proposals.activity_warnings import LaterActivitiesRun, OutsideGoesOn, StayPaused
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.queue_change import of_waiting
from bot.fleet.proposals.warnings import ProgressUnknown, ProposalWarning
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NothingToPause, PausesNotOffered
from bot.fleet.refusals.sequences import NoSequence, NotPaused, PausedAlready, SequenceEnding
from bot.fleet.runs.run import Run
from bot.model import Description, Instruction, Order, SequenceStanding


def propose_pause(command: Pause, context: ProposalContext) -> Proposal:
    """The proposal of ``pause``. It can pause the customer's place in the queue, an open sequence that is not ending,
    and pending activities outside of a sequence. Raises Declined if none of these is left to pause."""
    outside = [run for run in _with_those_below(context.strangers, context) if not run.cancel_requested]
    acts = _pauses(_described(outside, context), context) if context.offers_pauses else ()
    warnings: list[ProposalWarning] = [LaterActivitiesRun()] if acts else []
    proposal = _joined(acts, warnings, command, context, lambda: _pause_sequence(command, context))
    left = _left_unpaused(acts, context)
    return replace(proposal, warnings=(*proposal.warnings, OutsideGoesOn(left))) if left else proposal


def propose_resume(command: Resume, context: ProposalContext) -> Proposal:
    """The proposal of ``resume``. Raises Declined if nothing of the customer is paused, if its sequence is ending and
    no activity is paused, or if only activities are paused and the server does not let the bot resume them."""
    acts = _unpauses(context.described or (), context)
    if context.offers_pauses or not acts:
        return _joined(acts, (), command, context, lambda: _resume_sequence(command, context))
    try:
        proposal = of_waiting(command, context) or _resume_sequence(command, context)
    except Declined as exc:
        raise Declined(PausesNotOffered(command, context.target.cluster)) from exc
    return replace(proposal, warnings=(*proposal.warnings, StayPaused(len(acts))))


def _joined(
    acts: Sequence[PauseActivity | UnpauseActivity],
    warnings: Sequence[ProposalWarning],
    command: Pause | Resume,
    context: ProposalContext,
    steer: Callable[[], Proposal],
) -> Proposal:
    """The proposal to change the customer's place in the queue or, if there is nothing to change, the proposal of
    ``steer`` about the sequence. ``acts`` and ``warnings`` are added to that proposal. If ``steer`` declines, the
    proposal has only ``acts``. If there are no ``acts`` either, raises what ``steer`` raises."""
    try:
        proposal = of_waiting(command, context) or steer()
    except Declined:
        if not acts:
            raise
        proposal = Proposal(command, context.target, ())
    return replace(proposal, acts=(*proposal.acts, *acts), warnings=(*proposal.warnings, *warnings))


def _pause_sequence(command: Pause, context: ProposalContext) -> Proposal:
    sequence = context.sequence
    if sequence is None:
        raise Declined(_no_pause(command, context))
    if context.is_ending:
        raise Declined(SequenceEnding(context.open_sequence))
    if sequence.progress and sequence.progress.paused_by:
        raise Declined(PausedAlready(command, context.target.customer))
    return _instructed(command, context, sequence, Order.PAUSE)


def _resume_sequence(command: Resume, context: ProposalContext) -> Proposal:
    sequence = context.sequence
    if sequence is None:
        raise Declined(_no_sequence(command, context))
    if context.is_ending:
        raise Declined(SequenceEnding(context.open_sequence))
    if sequence.progress and not sequence.progress.paused_by:
        raise Declined(NotPaused(context.target.customer, context.open_sequence))
    return _instructed(command, context, sequence, Order.RESUME)


def _no_pause(command: Pause, context: ProposalContext) -> NoSequence | NothingToPause | PausesNotOffered:
    """The refusal of ``pause`` for a customer that has no sequence and no activity that the bot can pause."""
    if not context.described:
        return _no_sequence(command, context)
    if not context.offers_pauses:
        return PausesNotOffered(command, context.target.cluster)
    is_paused = any(activity.pause for run in context.described for activity in run.activities)
    return NothingToPause(command, context.target.customer, is_paused)


def _no_sequence(command: Pause | Resume, context: ProposalContext) -> NoSequence:
    running = context.facts_of(context.open[0]) if context.open else None
    return NoSequence(command, context.target.customer, running)


def _instructed(
    command: Pause | Resume, context: ProposalContext, sequence: SequenceStanding, order: Order
) -> Proposal:
    act = Instruct(sequence, Instruction(order, by="", reason=""))
    warnings = () if sequence.progress else (ProgressUnknown(sequence.started_at),)
    return Proposal(command, context.target, (act,), warnings=warnings)


def _with_those_below(runs: Sequence[Run], context: ProposalContext) -> tuple[Run, ...]:
    """The runs and what ends with them."""
    return (*runs, *context.ending_below(runs))


def _described(runs: Sequence[Run], context: ProposalContext) -> list[Description]:
    refs = {run.execution.ref for run in runs}
    return [run for run in context.described or () if run.execution.ref in refs]


def _pauses(described: Sequence[Description], context: ProposalContext) -> tuple[PauseActivity, ...]:
    return tuple(
        PauseActivity(
            context.target.customer,
            run.execution.ref,
            activity.activity_id,
            activity.activity_type,
            activity.attempt,
            has_attempt=activity.has_attempt,
            beats=bool(activity.heartbeat_timeout or activity.last_heartbeat_at),
        )
        for run in described
        for activity in run.activities
        if activity.pause is None
    )


def _unpauses(described: Sequence[Description], context: ProposalContext) -> tuple[UnpauseActivity, ...]:
    return tuple(
        UnpauseActivity(
            context.target.customer,
            run.execution.ref,
            activity.activity_id,
            activity.activity_type,
            activity.attempt,
            has_attempt=activity.has_attempt,
        )
        for run in described
        for activity in run.activities
        if activity.pause
    )


def _left_unpaused(acts: Sequence[PauseActivity], context: ProposalContext) -> int:
    """How many runs outside of a sequence would go on after ``acts``. A run goes on if none of its activities is
    paused then, nor any activity of the workflows below it. 0 if the runs were not described."""
    if context.described is None:
        return 0
    held = {act.ref for act in acts}
    held |= {run.execution.ref for run in context.described if any(activity.pause for activity in run.activities)}
    others = (run for run in context.strangers if not run.cancel_requested)
    families = ({each.execution.ref for each in _with_those_below([run], context)} for run in others)
    return sum(held.isdisjoint(family) for family in families)
