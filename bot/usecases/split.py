"""What ``split`` would do: cancel what struggles, wait until it is closed, and run what is missing as windows."""

from functools import partial

from bot.commands import Split
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.split import propose_split
from bot.model import Actor
from bot.services import Services
from bot.usecases.ground import check_days, customer_of, ground_of
from bot.usecases.resolve import resolve_open


async def split(command: Split, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when it cannot be or need not be, and a SystemAnswer when the cluster does not answer."""
    check_days(command.days, services.config.campaign.window)
    steered = await resolve_open(command, services)
    ground = await ground_of(customer_of(command, steered.target), services)
    return steered.judged(partial(propose_split, command, ground))
