"""What ``run``, ``split``, ``pause``, ``resume``, ``cancel`` and ``terminate`` would do: proposals to be confirmed.

Each gathers what is known and lets ``bot.fleet.proposals`` judge it; nothing changes here. Each raises UsageError
when nothing can or need be done, and a SystemAnswer when the cluster does not answer. ``retry`` has its own file.
"""

import asyncio
from functools import partial

from bot.commands import Cancel, Pause, Resume, Run, Split, Terminate
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.pause_resume import propose_pause, propose_resume
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.run import RunRequest, propose_one_window, propose_run
from bot.fleet.proposals.split import propose_split
from bot.fleet.proposals.terminate import propose_terminate
from bot.services import Services
from bot.usecases.control.context import context_of, propose_for_target
from bot.usecases.control.plan_inputs import check_days, require_customer, resolve_customer, start_context_of, within
from bot.usecases.observe.observe import observe
from bot.usecases.resolve import resolve_open, with_other_clusters


async def run(command: Run, services: Services) -> Proposal:
    """A customer's windows one after the other, or one workflow over the whole range."""
    campaign = services.config.campaign.window
    asked = RunRequest(within(command.range, campaign), command.which, command.days)
    check_days(command.days, campaign)
    target = await resolve_customer(command, services)
    start_context, steered = await asyncio.gather(
        start_context_of(target, services), with_other_clusters(target, services)
    )
    return steered.judged(
        partial(propose_one_window if command.whole else propose_run, command, asked, start_context)
    )


async def split(command: Split, services: Services) -> Proposal:
    """Cancel what struggles, wait until it is closed, and run what is missing as windows."""
    check_days(command.days, services.config.campaign.window)
    steered = await resolve_open(command, services)
    start_context = await start_context_of(require_customer(command, steered.target), services)
    return steered.judged(partial(propose_split, command, start_context))


async def pause(command: Pause, services: Services) -> Proposal:
    """The window that runs goes on, and no other one is started."""
    return await propose_for_target(command, services, partial(propose_pause, command))


async def resume(command: Resume, services: Services) -> Proposal:
    """Sequences that were paused go on."""
    return await propose_for_target(command, services, partial(propose_resume, command))


async def cancel(command: Cancel, services: Services) -> Proposal:
    """Stop sequences, leave days out, or cancel what runs without one."""
    if command.range is None:
        return await propose_for_target(command, services, partial(propose_cancel, command))
    within(command.range, services.config.campaign.window)
    steered = await resolve_open(command, services)
    if not steered.target.customer:
        return await propose_for_target(command, services, partial(propose_cancel, command))
    # Which days are still to come is seen from the runs that are over as well.
    view = await observe(steered.target.cluster, services)
    return steered.judged(partial(propose_cancel, command, await context_of(steered.target, view, services)))


async def terminate(command: Terminate, services: Services) -> Proposal:
    """End what runs without asking it."""
    return await propose_for_target(command, services, partial(propose_terminate, command))
