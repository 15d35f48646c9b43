"""The latest progress that open sequences have published, in their own cards or in the alerts that they have taken
over.

A sequence publishes each change of its progress (``bot.usecases.drive.publish``), so a thousand sequences need not be
queried one by one.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import structlog

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.notifications.notification import parse_if_readable
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Episode, SequenceProgress, SequenceStanding
from bot.services import Services
from bot.usecases.observe.past import ledger_limit

_log = structlog.get_logger(__name__)


async def published_progress(
    cluster: str, listed: Sequence[SequenceStanding], services: Services
) -> Mapping[str, SequenceProgress]:
    """The last published progress by sequence id. It has no entry for a sequence that has published nothing yet, or
    that has published its end and is still listed for some moments. It is empty if the store does not answer."""
    keys = [standing.thread_key for standing in listed]
    try:
        async with asyncio.timeout(ledger_limit(services)):
            bodies = await services.journal.messages(keys)
            episodes = (await services.journal.memory(cluster, ())).episodes
    except (DependencyError, TimeoutError) as exc:
        _log.warning("published progress not read", cluster=cluster, reason=str(exc) or "no answer in time")
        return {}
    ids = {standing.id for standing in listed}
    # In a thread, because thousands of messages would block the event loop.
    published = await compute(_read, tuple(bodies.values()), episodes)
    return {progress.spec.id: progress for progress in published if progress.spec.id in ids and progress.end is None}


def _read(bodies: Iterable[str], episodes: Iterable[Episode]) -> list[SequenceProgress]:
    in_alerts = [episode.sequence for episode in episodes if episode.is_open and episode.sequence]
    return [*in_alerts, *(progress for body in bodies if (progress := _progress(body)))]


def _progress(body: str) -> SequenceProgress | None:
    """The progress in a sequence's card. None if the message is something else, such as an alert, or if this version
    of the bot cannot read it."""
    notification = parse_if_readable(body)
    return notification.progress if isinstance(notification, SequenceCard) else None
