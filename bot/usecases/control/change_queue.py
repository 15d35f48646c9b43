"""Lets a cluster's queue follow a command for the whole cluster, so that it begins nothing that was just stopped."""

import structlog

from bot.commands import Cancel, ControlRequest, Pause, Resume, Terminate
from bot.errors import DependencyError
from bot.model.queue import QueueChange, QueueInstruction
from bot.services import Services

_CHANGES: dict[type[ControlRequest], QueueChange] = {
    Pause: QueueChange.PAUSE,
    Resume: QueueChange.RESUME,
    Cancel: QueueChange.CLEAR,
    Terminate: QueueChange.CLEAR,
}

_log = structlog.get_logger(__name__)


async def change_queue(command: ControlRequest, cluster: str, by: str, services: Services) -> None:
    """Pause, resume or empty the queue of the cluster, if one is open. Raises nothing: the acts that follow say what
    does not answer."""
    change, queue = _CHANGES.get(type(command)), services.clusters[cluster].queue
    if change is None or (isinstance(command, Cancel) and command.range is not None):
        return
    try:
        if await _is_open(cluster, services):
            await queue.change(QueueInstruction(change, by))
    except DependencyError as exc:
        _log.warning("queue not changed", cluster=cluster, change=change.value, reason=str(exc))


async def _is_open(cluster: str, services: Services) -> bool:
    """Whether a queue is open, or may be: one whose worker does not answer still takes messages."""
    try:
        return await services.clusters[cluster].queue.standing() is not None
    except DependencyError:
        return True
