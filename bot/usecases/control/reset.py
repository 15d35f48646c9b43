"""``reset``: proposes to begin at once the next attempt of each activity that waits for a retry. Changes nothing."""

from functools import partial

from bot.commands import Reset
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.reset import propose_reset
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import ResetsNotOffered
from bot.services import Services
from bot.usecases.control.plan_inputs import require_customer
from bot.usecases.control.timeout import described_runs
from bot.usecases.resolve import resolve_open


async def reset(command: Reset, services: Services) -> Proposal:
    """Proposes to begin at once the next attempt of each of the customer's activities that waits for a retry; changes
    nothing. Raises Declined if the command names no single customer, if no activity waits for a retry, or if the
    server does not offer resets. Raises DependencyError if the cluster does not answer."""
    resolved = await resolve_open(command, services)
    target = require_customer(command, resolved.target)
    if not await services.clusters[target.cluster].control.offers_resets():
        raise Declined(ResetsNotOffered(command, target.cluster))
    context, described = await described_runs(target, services)
    return resolved.judged(partial(propose_reset, command, context, described), context.unrecognised)
