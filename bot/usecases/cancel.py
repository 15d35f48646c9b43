"""What ``cancel`` would do: stop sequences, leave days out, or cancel what runs without one."""

from functools import partial

from bot.commands import Cancel
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.cancel import propose_cancel
from bot.model import Actor
from bot.services import Services
from bot.usecases.ground import within
from bot.usecases.situation import propose_for


async def cancel(command: Cancel, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when there is nothing to cancel, and a SystemAnswer when the cluster does not answer."""
    if command.range:
        within(command.range, services.config.campaign.window)
    return await propose_for(command, services, partial(propose_cancel, command))
