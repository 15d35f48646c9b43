"""Acknowledge: a person takes an open alert on. Its message and thread are told through the outbox."""

from functools import partial

from bot.commands import Ack
from bot.fleet.alerts.episodes import acknowledge_episode
from bot.fleet.alerts.lookup import AckResult
from bot.fleet.audit import done
from bot.model import Actor, Entry
from bot.services import Services
from bot.usecases.control.audit_failures import failures_on_record
from bot.usecases.open_alert import despite_others, open_episode


async def ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    """Record it; an alert that somebody has taken on already stays theirs. Raises UsageError without such alert."""
    async with failures_on_record(command, actor, services):
        return await despite_others(partial(_ack, command, actor, services))


async def _ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    episode = await open_episode(command, services.journal)
    if episode.acked_by:
        return AckResult(episode, already_by=episode.acked_by)
    now = services.now()
    taken, messages = acknowledge_episode(episode, actor, now)
    audit = (done(command, actor, episode, taken),)
    await services.journal.record(Entry(episodes=(taken,), messages=messages, audit=audit), now)
    return AckResult(taken)
