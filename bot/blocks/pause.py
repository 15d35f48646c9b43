"""Draws which sequences ``pause`` would hold, to be confirmed."""

from bot.blocks import confirm
from bot.blocks.confirm import Earlier
from bot.fleet.proposal import Proposal
from bot.message import View


def ask(proposal: Proposal, earlier: Earlier | None = None) -> View:
    """The modal; ``earlier`` when it is asked anew."""
    return confirm.ask(proposal, earlier, "e.g. the warehouse is upgraded tonight")
