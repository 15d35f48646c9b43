"""Draws what ``split`` would cancel and start, to be confirmed."""

from bot.blocks import confirm
from bot.blocks.confirm import Earlier
from bot.fleet.proposal import Proposal
from bot.message import View


def ask(proposal: Proposal, earlier: Earlier | None = None) -> View:
    """The modal; ``earlier`` when it is asked anew."""
    return confirm.ask(proposal, earlier, "e.g. times out on heartbeat over the full range")
