"""Ends the alerts of clusters that were removed from the configuration, and removes the buttons from their cards.

Nobody watches the runs of such a cluster any more, and the buttons would do nothing. If the cluster returns, the
alert of a run that is still struggling continues, and so does the card of an open sequence.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.errors import DependencyError
from bot.fleet.alerts.episodes import card, end_episode
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications.notification import dump, parse_if_readable
from bot.fleet.notifications.outdated_cards import as_overtaken, has_missing_days
from bot.fleet.notifications.sequence import SequenceCard
from bot.model import Ending, Episode, JournalEntry, Overtaken
from bot.services import Services

# Nobody scrolls up to older cards. A click on one is answered with: there is no such cluster.
MAX_CARD_AGE = timedelta(days=30)

_log = structlog.get_logger(__name__)


async def end_unconfigured(services: Services) -> None:
    """End these alerts, with one line in the thread of each, and remove the buttons. If the store does not answer, or
    if somebody clicks meanwhile, the next call does the work."""
    try:
        # During a deployment, another bot may watch clusters that this one is not configured with.
        watched = {*services.config.clusters, *(await services.leases.holders(services.now())).watchers}
        with_alerts = {episode.ref.cluster for episode in await services.journal.open_episodes()}
        for cluster in sorted(with_alerts - watched):
            await _end(cluster, services)
        all_clusters = {*with_alerts, *await services.journal.last_seen()}
        await _remove_buttons(all_clusters - watched, watched, services)
    except DependencyError as exc:
        _log.info("alerts of clusters that are not configured go on", reason=str(exc))


async def _end(cluster: str, services: Services) -> None:
    now, episodes = services.now(), (await services.journal.memory(cluster, ())).episodes
    steps = [end_episode(episode, Ending.UNWATCHED, now) for episode in episodes if episode.is_open]
    changed = tuple(step.episode for step in steps)
    lines = (message for step in steps for message in step.messages)
    firsts, roots = storm_cards(episodes, changed, services.config.alerts.storm)
    await services.journal.record(JournalEntry(episodes=(*changed, *firsts), messages=(*lines, *roots)), now)
    _log.info("alerts ended", cluster=cluster, count=len(changed), reason="the cluster is not configured any more")


async def _remove_buttons(clusters: Iterable[str], watched: Collection[str], services: Services) -> None:
    """Removes the buttons from those alerts on ``clusters`` that sequences had taken over. Also removes the buttons
    from the cards and lines of these sequences, and of all sequences whose cluster is not ``watched``."""
    now = services.now()
    since, why = now - MAX_CARD_AGE, Overtaken(now, "", is_unwatched=True)
    alerts: list[Episode] = []
    for cluster in clusters:
        episodes = (await services.journal.memory(cluster, (), since)).episodes
        alerts += [replace(e, overtaken=why) for e in episodes if _may_have_buttons(e)]
    sequences = [alert.sequence.spec.id for alert in alerts if alert.sequence]
    sequences += await _sequences_with_cards(watched, services)
    messages = [card(alert) for alert in alerts]
    for sequence in dict.fromkeys(sequences):
        for queued in await services.outbox.posted(f"sequence:{sequence}"):
            known = parse_if_readable(queued.message.body)
            bare = as_overtaken(known, why) if known else None
            if bare is not None:
                messages.append(replace(queued.message, body=dump(bare)))
    if messages:
        await services.journal.record(JournalEntry(episodes=tuple(alerts), messages=tuple(messages)), now)


def _may_have_buttons(alert: Episode) -> bool:
    """Whether the alert may still have buttons. An ended alert has them only if a sequence had taken it over."""
    return alert.sequence is not None and alert.overtaken is None and has_missing_days(alert)


async def _sequences_with_cards(watched: Collection[str], services: Services) -> list[str]:
    """The ids of the sequences whose own card still has buttons although their cluster is not ``watched``."""
    posted = await services.outbox.posted("sequence:", "sequence", services.now() - MAX_CARD_AGE)
    cards = (parse_if_readable(queued.message.body) for queued in posted)
    specs = [card.progress.spec for card in cards if isinstance(card, SequenceCard) and card.overtaken is None]
    return [spec.id for spec in specs if spec.cluster not in watched]
