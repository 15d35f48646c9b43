"""``timeout``: gives the pending activities of one customer a longer heartbeat timeout.

Timeouts that have occurred still count: a window is cut in halves after ``split_after`` of them.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.commands import LONGEST_TIMEOUT, Timeout
from bot.fleet.proposals.activity_acts import ExtendTimeout
from bot.fleet.proposals.activity_warnings import DeathSeenLater
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NoHeartbeats, NothingOpen, TimeoutLongEnough
from bot.fleet.runs.assessment import Assessment
from bot.model import Activity, AlertReason, Description, MoreTime

# If the person names no time, the timeout is multiplied by this: 5 m become 30 m.
LONGER = 6


def more_time(assessment: Assessment) -> MoreTime | None:
    """The longer heartbeat timeout that an alert about this run offers. None if the present timeout is not the
    problem or cannot be longer, or if the run is paused."""
    now = assessment.heartbeat_timeout
    if assessment.alert_reason is not AlertReason.HEARTBEAT_TIMEOUT or assessment.is_paused or now is None:
        return None
    return MoreTime(now, longer(now)) if longer(now) > now else None


def longer(timeout: timedelta) -> timedelta:
    """The timeout to offer in place of this one."""
    return min(timeout * LONGER, LONGEST_TIMEOUT)


def propose_timeout(command: Timeout, context: ProposalContext, described: Sequence[Description]) -> Proposal:
    """The proposal of ``timeout``. ``described`` are the customer's open runs, as just described.

    Raises Declined when no run is open, when no activity has a heartbeat timeout, or when all timeouts are already
    long enough.
    """
    customer = context.target.customer
    if not described:
        raise Declined(NothingOpen(command, customer))
    acts = [
        ExtendTimeout(
            customer, run.execution.ref, activity.activity_id, activity.activity_type, activity.attempt, now, after
        )
        for run in described
        for activity in run.activities
        if (now := activity.heartbeat_timeout) and (after := command.span or longer(now)) > now
    ]
    if not acts:
        longest = _longest([activity for run in described for activity in run.activities])
        raise Declined(TimeoutLongEnough(customer, longest) if longest else NoHeartbeats(customer))
    later = DeathSeenLater(max(act.after for act in acts))
    return Proposal(command, context.target, tuple(acts), warnings=(later,))


def _longest(activities: Sequence[Activity]) -> timedelta | None:
    return max((activity.heartbeat_timeout for activity in activities if activity.heartbeat_timeout), default=None)
