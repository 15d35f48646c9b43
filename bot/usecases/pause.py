"""What ``pause`` would tell: the window that runs goes on, and no other one is started."""

from functools import partial

from bot.commands import Pause
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.steer import propose_pause
from bot.model import Actor
from bot.services import Services
from bot.usecases.situation import propose_for


async def pause(command: Pause, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when there is nothing to pause, and a SystemAnswer when the cluster does not answer."""
    return await propose_for(command, services, partial(propose_pause, command))
