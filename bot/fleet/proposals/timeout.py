"""``timeout``: gives the pending activities of one customer a longer heartbeat timeout.

Heartbeat timeouts that were counted stay counted: a window is still cut in halves after ``split_after`` of them.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.commands import LONGEST_TIMEOUT, Timeout
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import ExtendTimeout, Proposal
from bot.fleet.proposals.warnings import DeathSeenLater
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NoHeartbeats, NothingOpen, TimeoutLongEnough
from bot.model import Activity, Description

# Without a span the timeout becomes so many times as long: 5 m become 30 m.
LONGER = 6


def longer(timeout: timedelta) -> timedelta:
    """The timeout that is offered instead of this one."""
    return min(timeout * LONGER, LONGEST_TIMEOUT)


def propose_timeout(command: Timeout, context: ProposalContext, described: Sequence[Description]) -> Proposal:
    """``described`` are the customer's open runs as they are now.

    Raises Declined when nothing is open, nothing has a heartbeat timeout, or all have as long a one already.
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
