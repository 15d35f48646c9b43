"""What ``run`` would start: a customer's windows one after the other, or one workflow over the whole range."""

import asyncio
from functools import partial

from bot.commands import Run
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.run import Asked, propose_run, propose_whole
from bot.model import Actor
from bot.services import Services
from bot.usecases.ground import check_days, ground_of, one_customer, within
from bot.usecases.resolve import with_elsewhere


async def run(command: Run, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when it cannot be or need not be, and a SystemAnswer when the cluster does not answer."""
    campaign = services.config.campaign.window
    asked = Asked(within(command.range, campaign), command.which, command.days)
    check_days(command.days, campaign)
    target = await one_customer(command, services)
    ground, steered = await asyncio.gather(ground_of(target, services), with_elsewhere(target, services))
    return steered.judged(partial(propose_whole if command.whole else propose_run, command, asked, ground))
