"""Asks one run to end; whether it does is for ``follow`` to see."""

from bot.errors import NotFound
from bot.model import Ref
from bot.services import Services


async def cancel_run(ref: Ref, reason: str, services: Services) -> None:
    """Raises Unavailable or Refused. Again, a run that was asked before, or is closed or forgotten, is left alone."""
    try:
        await services.clusters[ref.cluster].control.cancel(ref, reason)
    except NotFound:
        return
