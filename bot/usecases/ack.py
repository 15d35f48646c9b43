"""Acknowledges open alerts: a person takes care of them. Records the change, with the messages and thread lines that
show it.
"""

from collections.abc import Sequence
from functools import partial

from bot.commands import Ack
from bot.fleet.alerts.answers import acknowledge_episodes
from bot.fleet.alerts.lookup import AckResult, ClusterAckResult
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.audit import done
from bot.model import Actor, Episode, JournalEntry
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.open_alert import (
    named_cluster,
    open_episode,
    open_episodes_of_group,
    open_episodes_on,
    retry_on_conflict,
)


async def ack(command: Ack, actor: Actor, services: Services) -> AckResult | ClusterAckResult:
    """Acknowledge one alert, or all open alerts of a cluster or group. An alert that is acknowledged already stays as
    it is. Raises Declined if no open alert fits the command, or if the name fits several."""
    cluster = named_cluster(command, services)
    async with recording_failures(command, actor, services):
        if cluster or command.group:
            return await retry_on_conflict(partial(_ack_all, cluster, command, actor, services))
        return await retry_on_conflict(partial(_ack, command, actor, services))


async def _ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    episode = await open_episode(command, services)
    if episode.acked_by:
        return AckResult(episode, already_by=episode.acked_by)
    (acked,) = await _record([episode], command, actor, services)
    return AckResult(acked)


async def _ack_all(cluster: str, command: Ack, actor: Actor, services: Services) -> ClusterAckResult:
    """Acknowledges all open alerts of the cluster, or of one group, in one transaction, with an audit record each."""
    episodes = await (
        open_episodes_on(cluster, services) if cluster else open_episodes_of_group(command.group, services)
    )
    fresh = [episode for episode in episodes if not episode.acked_by]
    if fresh:
        await _record(fresh, command, actor, services)
    return ClusterAckResult(episodes[0].ref.cluster, len(fresh), len(episodes) - len(fresh))


async def _record(fresh: Sequence[Episode], command: Ack, actor: Actor, services: Services) -> tuple[Episode, ...]:
    """Record the acknowledgement of these episodes of one cluster, and return them as acknowledged. The messages of
    their groups are updated too."""
    now = services.now()
    acked, messages = acknowledge_episodes(fresh, actor, now)
    audit = tuple(done(command, actor, before, after) for before, after in zip(fresh, acked, strict=True))
    known = (await services.journal.memory(fresh[0].ref.cluster, ())).episodes
    firsts, groups = storm_cards(known, acked, services.config.alerts.storm)
    entry = JournalEntry(episodes=(*acked, *firsts), messages=(*messages, *groups), audit=audit)
    await services.journal.record(entry, now)
    return acked
