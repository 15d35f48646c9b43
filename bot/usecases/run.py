"""What ``run`` would start: a customer's windows one after the other, or one workflow over the whole range."""

import asyncio
from dataclasses import replace

from bot.commands import Run
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.run import Asked, propose_run, propose_whole
from bot.fleet.whereabouts import told_elsewhere
from bot.model import Actor
from bot.services import Services
from bot.usecases.ground import check_days, ground_of, one_customer, within
from bot.usecases.whereabouts import seen_elsewhere


async def run(command: Run, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when it cannot be or need not be, and a SystemAnswer when the cluster does not answer."""
    campaign = services.config.campaign.window
    asked = Asked(within(command.range, campaign), command.which, command.days)
    check_days(command.days, campaign)
    target = await one_customer(command, services)
    ground, others = await asyncio.gather(ground_of(target, services), seen_elsewhere(target, services))
    proposal = propose_whole(command, asked, ground) if command.whole else propose_run(command, asked, ground)
    return replace(proposal, warnings=(*told_elsewhere(target.customer, others), *proposal.warnings))
