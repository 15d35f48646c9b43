"""What ``split`` would do: cancel what struggles, wait until it is closed, and run what is missing as windows."""

from bot.commands import Split
from bot.fleet.proposal import Proposal
from bot.fleet.proposing.split import propose_split
from bot.model import Actor
from bot.services import Services
from bot.usecases.ground import check_days, ground_of, one_customer


async def split(command: Split, actor: Actor, services: Services) -> Proposal:  # noqa: ARG001
    """Raises UsageError when it cannot be or need not be, and a SystemAnswer when the cluster does not answer."""
    check_days(command.days, services.config.campaign.window)
    ground = await ground_of(await one_customer(command, services), services)
    return propose_split(command, ground)
