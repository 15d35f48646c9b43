"""Alerts of clusters that were taken out of the configuration: nobody looks at their runs any more, so they end.

Should the cluster come back, one whose run struggles still goes on.
"""

import structlog

from bot.errors import SystemAnswer
from bot.fleet.episodes import ended
from bot.fleet.storms import storm_cards
from bot.model import Ending, Entry
from bot.services import Services

_log = structlog.get_logger(__name__)


async def end_unwatched(services: Services) -> None:
    """Each thread is told once. Where the store does not answer, or somebody clicks meanwhile, it is for the next
    time."""
    try:
        clusters = {episode.ref.cluster for episode in await services.journal.open_episodes()}
        for cluster in sorted(clusters - services.config.clusters.keys()):
            await _end(cluster, services)
    except SystemAnswer as exc:
        _log.info("alerts of clusters that are not configured go on", reason=str(exc))


async def _end(cluster: str, services: Services) -> None:
    now, remembered = services.now(), (await services.journal.memory(cluster, ())).episodes
    steps = [ended(episode, Ending.UNWATCHED, now) for episode in remembered if episode.is_open]
    over = tuple(step.episode for step in steps)
    lines = (speech for step in steps for speech in step.speeches)
    firsts, roots = storm_cards(remembered, over, services.config.alerts.storm)
    await services.journal.record(Entry(episodes=(*over, *firsts), speeches=(*lines, *roots)), now)
    _log.info("alerts ended", cluster=cluster, count=len(over), reason="the cluster is not configured any more")
