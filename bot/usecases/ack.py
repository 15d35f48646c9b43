"""Acknowledges open alerts: a person takes care of them. Records the change, with the messages and thread lines that
show it.
"""

from functools import partial

from bot.commands import Ack
from bot.fleet.alerts.answers import acknowledge_episode, acknowledge_episodes
from bot.fleet.alerts.lookup import AckResult, ClusterAckResult
from bot.fleet.audit import done
from bot.model import Actor, JournalEntry
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.open_alert import named_cluster, open_episode, open_episodes_on, retry_on_conflict


async def ack(command: Ack, actor: Actor, services: Services) -> AckResult | ClusterAckResult:
    """The person who acknowledges first keeps the alert. Raises Declined if there is no such open alert."""
    cluster = named_cluster(command, services)
    async with recording_failures(command, actor, services):
        if cluster:
            return await retry_on_conflict(partial(_ack_all, cluster, command, actor, services))
        return await retry_on_conflict(partial(_ack, command, actor, services))


async def _ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    episode = await open_episode(command, services)
    if episode.acked_by:
        return AckResult(episode, already_by=episode.acked_by)
    now = services.now()
    acked, messages = acknowledge_episode(episode, actor, now)
    audit = (done(command, actor, episode, acked),)
    await services.journal.record(JournalEntry(episodes=(acked,), messages=messages, audit=audit), now)
    return AckResult(acked)


async def _ack_all(cluster: str, command: Ack, actor: Actor, services: Services) -> ClusterAckResult:
    """Acknowledges all open alerts of the cluster in one transaction, with an audit record each."""
    episodes = await open_episodes_on(cluster, services)
    fresh, now = [episode for episode in episodes if not episode.acked_by], services.now()
    if fresh:
        acked, messages = acknowledge_episodes(fresh, actor, now)
        audit = tuple(done(command, actor, before, after) for before, after in zip(fresh, acked, strict=True))
        await services.journal.record(JournalEntry(episodes=acked, messages=messages, audit=audit), now)
    return ClusterAckResult(cluster, len(fresh), len(episodes) - len(fresh))
