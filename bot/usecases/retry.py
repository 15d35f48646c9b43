"""What ``retry`` would run again: windows of an open sequence that did not do, or missing ones in a new sequence."""

import asyncio
from dataclasses import replace
from functools import partial

from bot.commands import Retry
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.cluster import joined, judged
from bot.fleet.proposing.retry import propose_again
from bot.fleet.proposing.run import Asked, propose_run
from bot.fleet.proposing.situation import Ground
from bot.fleet.whereabouts import told_elsewhere
from bot.model import Actor, Window
from bot.services import Services
from bot.usecases.ground import ground_of, grounds_of, within
from bot.usecases.observe import observe_whole
from bot.usecases.resolve import resolve_target
from bot.usecases.situation import situations_of
from bot.usecases.whereabouts import seen_elsewhere


async def retry(command: Retry, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when there is nothing to run again, and a SystemAnswer when the cluster does not answer.

    Of a cluster those are meant who have run already: what has never run is not run again.
    """
    whole = within(command.range, services.config.campaign.window)
    target = await resolve_target(command.target, services)
    if target.customer:
        ground, others = await asyncio.gather(ground_of(target, services), seen_elsewhere(target, services))
        proposal = _judge(command, whole, ground)
        return replace(proposal, warnings=(*told_elsewhere(target.customer, others), *proposal.warnings))
    view = await observe_whole(target.cluster, services)
    grounds = await grounds_of(view, await situations_of(view, services), services)
    customers = [judged(ground.situation, partial(_judge, command, whole, ground)) for ground in grounds]
    return joined(command, target.cluster, customers)


def _judge(command: Retry, whole: Window, ground: Ground) -> Proposal:
    situation = ground.situation
    if situation.sequence:
        return propose_again(command, situation.sequence, situation)
    return propose_run(command, Asked(whole, command.which), ground)
