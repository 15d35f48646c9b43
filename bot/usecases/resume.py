"""What ``resume`` would tell: sequences that were paused go on."""

from functools import partial

from bot.commands import Resume
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.steer import propose_resume
from bot.model import Actor
from bot.services import Services
from bot.usecases.situation import propose_for


async def resume(command: Resume, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when there is nothing to resume, and a SystemAnswer when the cluster does not answer."""
    return await propose_for(command, services, partial(propose_resume, command))
