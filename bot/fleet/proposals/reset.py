"""``reset``: begins the next attempt, as attempt 1, of those activities of one customer that wait for a retry.

It leaves running attempts alone: a reset would end a running attempt at its next heartbeat, and Temporal would begin
the next attempt only after the heartbeat timeout (docs/temporal-facts.md#resetting-an-activity).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands import Reset
from bot.fleet.proposals.activity_acts import ResetActivity
from bot.fleet.proposals.activity_warnings import AttemptsGoOn
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.warnings import ProposalWarning
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NothingOpen, NothingWaits
from bot.model import Activity, ActivityState, Description

# A shorter wait is over before a person has read the alert.
WORTH_OFFERING = timedelta(minutes=1)


def propose_reset(command: Reset, context: ProposalContext, described: Sequence[Description]) -> Proposal:
    """The proposal of ``reset``. ``described`` are the customer's open runs, as just described.

    Raises Declined when no run is open, or when no activity waits for its next attempt.
    """
    customer = context.target.customer
    if not described:
        raise Declined(NothingOpen(command, customer))
    acts = [
        ResetActivity(
            customer,
            run.execution.ref,
            activity.activity_id,
            activity.activity_type,
            activity.attempt,
            keeps_progress=bool(activity.details),
        )
        for run in described
        for activity in run.activities
        if _waits(activity)
    ]
    if not acts:
        raise Declined(NothingWaits(command, customer))
    running = sum(activity.state is ActivityState.STARTED for run in described for activity in run.activities)
    warnings: list[ProposalWarning] = [AttemptsGoOn(running)] if running else []
    return Proposal(command, context.target, tuple(acts), warnings=tuple(warnings))


def resettable_attempt(description: Description, activity_id: str, now: datetime) -> datetime | None:
    """When the next attempt of this activity begins; None if an alert should offer no reset, because the activity
    waits for no attempt, the attempt begins within ``WORTH_OFFERING``, or somebody has requested a cancel. ``now``
    and the result are on the cluster's clock."""
    if description.cancel_requested:
        return None
    waiting = (
        activity.next_attempt_at
        for activity in description.activities
        if activity.activity_id == activity_id and _waits(activity)
    )
    return next((at for at in waiting if at is not None and at - now >= WORTH_OFFERING), None)


def _waits(activity: Activity) -> bool:
    """Whether the activity waits for an attempt after a failed one. A paused activity does not: it waits for a
    person."""
    is_scheduled = activity.state is ActivityState.SCHEDULED and activity.pause is None
    return is_scheduled and activity.attempt > 1 and activity.next_attempt_at is not None
