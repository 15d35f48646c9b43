"""Shares one call of ``look`` among all callers that ask about the same cluster within a second."""

import asyncio
from datetime import timedelta

from bot.fleet.runs.run import ClusterView
from bot.services import Services, SharedLook
from bot.usecases.observe.observe import look

# A caller that asks within this time after a look began shares that look.
SHARED_WITHIN = timedelta(seconds=1)


async def shared_look(cluster: str, services: Services) -> ClusterView:
    """The result of ``look``, or of a look that began at most SHARED_WITHIN ago. Raises what ``look`` raises."""
    shared = services.shared_looks.get(cluster)
    if shared is None or shared.has_failed or not _is_recent(shared, services):
        view = asyncio.ensure_future(look(cluster, services))
        view.add_done_callback(_note_failure)
        shared = SharedLook(view, asyncio.get_running_loop().time(), services.now())
        services.shared_looks[cluster] = shared
    # Other callers may still wait for it when this one has given up.
    return await asyncio.shield(shared.view)


def _is_recent(shared: SharedLook, services: Services) -> bool:
    """Whether the look began at most SHARED_WITHIN ago by two clocks: the event loop's clock may stop while the
    machine sleeps, and the bot's clock may be set."""
    elapsed = timedelta(seconds=asyncio.get_running_loop().time() - shared.began)
    return elapsed <= SHARED_WITHIN and timedelta(0) <= services.now() - shared.at <= SHARED_WITHIN


def _note_failure(view: asyncio.Future[ClusterView]) -> None:
    """Mark the exception as retrieved. A caller that still waits raises it; otherwise nobody needs it."""
    if not view.cancelled():
        view.exception()
