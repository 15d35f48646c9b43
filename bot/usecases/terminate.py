"""What ``terminate`` would end, without asking it."""

from functools import partial

from bot.commands import Terminate
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.terminate import propose_terminate
from bot.model import Actor
from bot.services import Services
from bot.usecases.situation import propose_for


async def terminate(command: Terminate, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when there is nothing to terminate, and a SystemAnswer when the cluster does not answer."""
    return await propose_for(command, services, partial(propose_terminate, command))
