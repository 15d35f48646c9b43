"""What ``cancel`` would do: stop sequences, leave days out, or cancel what runs without one."""

from functools import partial

from bot.commands import Cancel
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.cancel import propose_cancel
from bot.model import Actor
from bot.services import Services
from bot.usecases.ground import within
from bot.usecases.observe import observe
from bot.usecases.resolve import resolve_open
from bot.usecases.situation import propose_for, situation_of


async def cancel(command: Cancel, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when there is nothing to cancel, and a SystemAnswer when the cluster does not answer."""
    if command.range is None:
        return await propose_for(command, services, partial(propose_cancel, command))
    within(command.range, services.config.campaign.window)
    steered = await resolve_open(command, services)
    if not steered.target.customer:
        return await propose_for(command, services, partial(propose_cancel, command))
    # Which days are still to come is seen from the runs that are over as well.
    view = await observe(steered.target.cluster, services)
    return steered.judged(partial(propose_cancel, command, await situation_of(steered.target, view, services)))
