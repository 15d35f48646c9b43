"""Acknowledge: a person takes an open alert on. Its message and thread are told through the outbox."""

from bot.commands import Ack
from bot.fleet.episodes import acknowledged
from bot.fleet.open_alerts import AckResult
from bot.model import Actor, Entry
from bot.services import Services
from bot.usecases.open_episode import open_episode


async def ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    """Record it; an alert that somebody has taken on already stays theirs. Raises UsageError without such alert."""
    episode = await open_episode(command, services.journal)
    if episode.acked_by:
        return AckResult(episode, already_by=episode.acked_by)
    now = services.now()
    taken, speeches = acknowledged(episode, actor, now)
    await services.journal.record(Entry(episodes=(taken,), speeches=speeches), now)
    return AckResult(taken)
