"""Requests the cancellation of one run. Whether the run closes is seen by ``follow``."""

from datetime import timedelta

from bot.errors import DependencyError, NotFound
from bot.model import Ref
from bot.services import Services


async def cancel_run(ref: Ref, reason: str, services: Services) -> timedelta:
    """Returns the longest heartbeat timeout of the run's activities, because Temporal reports none for a closed run.

    Raises Unavailable or Refused. Idempotent: for a run that is already being cancelled, closed or gone, nothing
    happens.
    """
    longest = await _heartbeat_timeout(ref, services)
    try:
        await services.clusters[ref.cluster].control.cancel(ref, reason)
    except NotFound:
        return timedelta(0)
    return longest


async def _heartbeat_timeout(ref: Ref, services: Services) -> timedelta:
    """Zero if Temporal does not answer: the cancel request is more urgent."""
    try:
        description = await services.clusters[ref.cluster].engine.describe(ref)
    except DependencyError:
        return timedelta(0)
    return max(
        filter(None, (activity.heartbeat_timeout for activity in description.activities)), default=timedelta(0)
    )
