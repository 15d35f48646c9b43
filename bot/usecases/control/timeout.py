"""``timeout``: proposes longer heartbeat timeouts for the running activities of one customer. Changes nothing."""

from functools import partial

from bot.commands import Timeout
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.timeout import propose_timeout
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import TimeoutsFixed
from bot.fleet.runs.descendants import below
from bot.model import Description
from bot.services import Services
from bot.usecases.control.context import context_of
from bot.usecases.control.described import describe_open
from bot.usecases.control.plan_inputs import require_customer
from bot.usecases.observe.observe import observe_open
from bot.usecases.resolve import resolve_open


async def timeout(command: Timeout, services: Services) -> Proposal:
    """The proposal of longer heartbeat timeouts. Describes each run again, because ``observe_open`` does not return
    the timeouts of activities. Raises Declined if the command names no single customer, if there is nothing to raise,
    or if the server cannot change timeouts, and DependencyError if the cluster does not answer."""
    resolved = await resolve_open(command, services)
    target = require_customer(command, resolved.target)
    if not await services.clusters[target.cluster].control.offers_heartbeat_timeouts():
        raise Declined(TimeoutsFixed(command, target.cluster))
    context, described = await described_runs(target, services)
    return resolved.judged(partial(propose_timeout, command, context, described), context.unrecognised)


async def described_runs(target: Target, services: Services) -> tuple[ProposalContext, list[Description]]:
    """The customer's context, and new descriptions of the customer's open runs and of the open workflows below them.
    Leaves out what somebody has asked to cancel, and workflows that are about another customer."""
    context = await context_of(target, await observe_open(target.cluster, services), services)
    going_on = [run for run in context.open if not run.cancel_requested]
    children = [child for child in below(going_on, context.descendants) if not child.cancel_requested]
    own = [child for child in children if child.identity is None or child.identity.customer == target.customer]
    refs = [*(run.execution.ref for run in going_on), *(child.execution.ref for child in own)]
    return context, await describe_open(refs, services)
