"""Draws what ``terminate`` would end without asking it; the name is to be typed."""

from bot.blocks import confirm
from bot.fleet.proposal import Proposal
from bot.message import View


def ask(proposal: Proposal, notice: str = "") -> View:
    """The modal; ``notice`` is said first."""
    return confirm.ask(proposal, notice, "e.g. has not reacted to cancel for an hour", confirm.name_input(proposal))
