"""Asks one run to end; whether it does is for ``follow`` to see."""

from datetime import timedelta

from bot.errors import DependencyError, NotFound
from bot.model import Ref
from bot.services import Services


async def cancel_run(ref: Ref, reason: str, services: Services) -> timedelta:
    """The longest heartbeat timeout of its activities, which Temporal tells no more once it is closed.

    Raises Unavailable or Refused. Again, a run that was asked before, or is closed or forgotten, is left alone.
    """
    longest = await _heartbeat_timeout(ref, services)
    try:
        await services.clusters[ref.cluster].control.cancel(ref, reason)
    except NotFound:
        return timedelta(0)
    return longest


async def _heartbeat_timeout(ref: Ref, services: Services) -> timedelta:
    """Zero where it is not told: asking the run to end does not wait for that."""
    try:
        described = await services.clusters[ref.cluster].engine.describe(ref)
    except DependencyError:
        return timedelta(0)
    return max(filter(None, (activity.heartbeat_timeout for activity in described.activities)), default=timedelta(0))
