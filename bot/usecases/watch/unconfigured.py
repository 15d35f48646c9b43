"""What stands in the channel of clusters that were taken out of the configuration: nobody looks at their runs any
more, so alerts end, and no card offers what nothing would come of.

Should the cluster come back, an alert whose run struggles still goes on, and so does the card of an open sequence.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.errors import DependencyError
from bot.fleet.alerts.episodes import card, end_episode
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications.notification import dump, parse
from bot.fleet.notifications.outdated_cards import as_overtaken, has_missing_days
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Ending, Entry, Episode, Overtaken
from bot.services import Services

# Nobody scrolls up to older ones; whoever does, and clicks, is answered that there is no such cluster.
LOOKED_BACK = timedelta(days=30)

_log = structlog.get_logger(__name__)


async def end_unconfigured(services: Services) -> None:
    """Each thread is told once. Where the store does not answer, or somebody clicks meanwhile, it is for the next
    time."""
    try:
        known = {episode.ref.cluster for episode in await services.journal.open_episodes()}
        for cluster in sorted(known - services.config.clusters.keys()):
            await _end(cluster, services)
        seen = {*known, *await services.journal.last_seen()}
        await _take_buttons(seen - services.config.clusters.keys(), services)
    except DependencyError as exc:
        _log.info("alerts of clusters that are not configured go on", reason=str(exc))


async def _end(cluster: str, services: Services) -> None:
    now, remembered = services.now(), (await services.journal.memory(cluster, ())).episodes
    steps = [end_episode(episode, Ending.UNWATCHED, now) for episode in remembered if episode.is_open]
    over = tuple(step.episode for step in steps)
    lines = (speech for step in steps for speech in step.messages)
    firsts, roots = storm_cards(remembered, over, services.config.alerts.storm)
    await services.journal.record(Entry(episodes=(*over, *firsts), messages=(*lines, *roots)), now)
    _log.info("alerts ended", cluster=cluster, count=len(over), reason="the cluster is not configured any more")


async def _take_buttons(left: Iterable[str], services: Services) -> None:
    """From the cards of sequences on clusters that are not configured, from alerts that sequences had taken over, and
    from the lines of both."""
    now = services.now()
    since, why = now - LOOKED_BACK, Overtaken(now, "", is_unwatched=True)
    alerts: list[Episode] = []
    for cluster in left:
        remembered = (await services.journal.memory(cluster, (), since)).episodes
        alerts += [replace(one, overtaken=why) for one in remembered if _offers(one)]
    sequences = [one.sequence.spec.id for one in alerts if one.sequence]
    sequences += await _of_cards(services)
    messages = [card(alert) for alert in alerts]
    for sequence in dict.fromkeys(sequences):
        for queued in await services.outbox.posted(f"sequence:{sequence}"):
            bare = as_overtaken(parse(queued.speech.body), why)
            if bare is not None:
                messages.append(replace(queued.speech, body=dump(bare)))
    if messages:
        await services.journal.record(Entry(episodes=tuple(alerts), messages=tuple(messages)), now)


def _offers(alert: Episode) -> bool:
    """Whether it may still offer something: by itself none does that is over, by its sequence it does."""
    return alert.sequence is not None and alert.overtaken is None and has_missing_days(alert)


async def _of_cards(services: Services) -> list[str]:
    """Sequences on such clusters whose own card says nothing of it yet."""
    posted = await services.outbox.posted("sequence:", "sequence", services.now() - LOOKED_BACK)
    cards = (parse(queued.speech.body) for queued in posted)
    told = [card.progress.spec for card in cards if isinstance(card, SequenceCard) and card.overtaken is None]
    return [spec.id for spec in told if spec.cluster not in services.config.clusters]
