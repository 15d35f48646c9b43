"""Help: what can be typed. Needs nothing from outside."""

from bot.commands import Help
from bot.fleet.help import HelpPage, page
from bot.model import Actor
from bot.services import Services


async def explain(command: Help, _actor: Actor, _services: Services) -> HelpPage:
    """The overview, or one command's page."""
    return page(command.topic)
