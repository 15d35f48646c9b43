"""Snoozes open alerts: they are quiet for a while, or until something changes."""

from datetime import datetime, timedelta
from functools import partial

from bot.commands import Snooze
from bot.fleet.alerts.answers import snooze_episode, snooze_episodes
from bot.fleet.alerts.lookup import ClusterSnoozeResult, SnoozeResult
from bot.fleet.audit import done
from bot.model import ActiveSnooze, Actor, JournalEntry
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.open_alert import named_cluster, open_episode, open_episodes_on, retry_on_conflict

# Slack may deliver a click twice, and people click twice. So an end this near to the recorded one is the same snooze.
SAME = timedelta(minutes=1)


async def snooze(command: Snooze, actor: Actor, services: Services) -> SnoozeResult | ClusterSnoozeResult:
    """Snooze one alert, or all open alerts of a cluster. A later snooze replaces an earlier one. Raises Declined if
    there is no such open alert, or if the name fits several."""
    cluster = named_cluster(command, services)
    async with recording_failures(command, actor, services):
        if cluster:
            return await retry_on_conflict(partial(_snooze_all, cluster, command, actor, services))
        return await retry_on_conflict(partial(_snooze, command, actor, services))


async def _snooze(command: Snooze, actor: Actor, services: Services) -> SnoozeResult:
    episode = await open_episode(command, services)
    now = services.now()
    until = now + command.span if command.span else None
    if episode.quiet is not None and _is_same(episode.quiet, until):
        return SnoozeResult(episode, episode.quiet.until, is_news=False)
    quiet, messages = snooze_episode(episode, actor, until, now)
    audit = (done(command, actor, episode, quiet),)
    await services.journal.record(JournalEntry(episodes=(quiet,), messages=messages, audit=audit), now)
    return SnoozeResult(quiet, until, is_news=True)


async def _snooze_all(cluster: str, command: Snooze, actor: Actor, services: Services) -> ClusterSnoozeResult:
    """Snoozes all open alerts of the cluster in one transaction, with an audit record each."""
    episodes, now = await open_episodes_on(cluster, services), services.now()
    until = now + command.span if command.span else None
    fresh = [episode for episode in episodes if episode.quiet is None or not _is_same(episode.quiet, until)]
    if fresh:
        quiet, messages = snooze_episodes(fresh, actor, until, now)
        audit = tuple(done(command, actor, before, after) for before, after in zip(fresh, quiet, strict=True))
        await services.journal.record(JournalEntry(episodes=quiet, messages=messages, audit=audit), now)
    return ClusterSnoozeResult(cluster, until, len(fresh), len(episodes) - len(fresh))


def _is_same(quiet: ActiveSnooze, until: datetime | None) -> bool:
    if until is None or quiet.until is None:
        return until is quiet.until
    return abs(until - quiet.until) < SAME
