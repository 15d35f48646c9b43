"""One look at each cluster for everybody who asks within a second."""

import asyncio
from datetime import timedelta

from bot.fleet.runs.run import ClusterView
from bot.services import Services, SharedLook
from bot.usecases.observe.observe import look

# Whoever asks within so many seconds after a look began shares it.
SHARED_WITHIN = timedelta(seconds=1)


async def shared_look(cluster: str, services: Services) -> ClusterView:
    """As ``look``, but a look that began moments ago serves as well. Raises as ``look``."""
    shared = services.shared_looks.get(cluster)
    if shared is None or shared.has_failed or not _is_recent(shared, services):
        view = asyncio.ensure_future(look(cluster, services))
        view.add_done_callback(_note_failure)
        shared = SharedLook(view, asyncio.get_running_loop().time(), services.now())
        services.shared_looks[cluster] = shared
    # Others may wait for it when this asker has given up.
    return await asyncio.shield(shared.view)


def _is_recent(shared: SharedLook, services: Services) -> bool:
    """By both clocks: the one may stand still while the machine sleeps, and the other may be set."""
    elapsed = timedelta(seconds=asyncio.get_running_loop().time() - shared.began)
    return elapsed <= SHARED_WITHIN and timedelta(0) <= services.now() - shared.at <= SHARED_WITHIN


def _note_failure(view: asyncio.Future[ClusterView]) -> None:
    """Whoever waits raises the error. If nobody does any more, nobody needs it."""
    if not view.cancelled():
        view.exception()
