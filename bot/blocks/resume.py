"""Draws which sequences ``resume`` would let go on, to be confirmed."""

from bot.blocks import confirm
from bot.fleet.proposal import Proposal
from bot.message import View


def ask(proposal: Proposal, notice: str = "") -> View:
    """The modal; ``notice`` is said first."""
    return confirm.ask(proposal, notice, "e.g. the upgrade is done")
