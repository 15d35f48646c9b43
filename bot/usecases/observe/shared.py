"""One look at each cluster for everybody who asks within a second."""

import asyncio

from bot.fleet.runs.run import ClusterView
from bot.services import Services, SharedLook
from bot.usecases.observe.observe import look

# Whoever asks within so many seconds after a look began shares it.
SHARED_WITHIN = 1.0


async def shared_look(cluster: str, services: Services) -> ClusterView:
    """As ``look``, but a look that began moments ago serves as well. Raises as ``look``."""
    now, shared = asyncio.get_running_loop().time(), services.shared_looks.get(cluster)
    if shared is None or shared.has_failed or now - shared.began > SHARED_WITHIN:
        view = asyncio.ensure_future(look(cluster, services))
        view.add_done_callback(_note_failure)
        shared = services.shared_looks[cluster] = SharedLook(view, now)
    # Others may wait for it when this asker has given up.
    return await asyncio.shield(shared.view)


def _note_failure(view: asyncio.Future[ClusterView]) -> None:
    """Whoever waits raises the error. If nobody does any more, nobody needs it."""
    if not view.cancelled():
        view.exception()
