"""Acknowledges an open alert: a person takes care of it. Queues the changed message and a line for its thread."""

from functools import partial

from bot.commands import Ack
from bot.fleet.alerts.answers import acknowledge_episode
from bot.fleet.alerts.lookup import AckResult
from bot.fleet.audit import done
from bot.model import Actor, JournalEntry
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.open_alert import open_episode, retry_on_conflict


async def ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    """Whoever acknowledges first keeps the alert. Raises Declined if there is no such open alert."""
    async with recording_failures(command, actor, services):
        return await retry_on_conflict(partial(_ack, command, actor, services))


async def _ack(command: Ack, actor: Actor, services: Services) -> AckResult:
    episode = await open_episode(command, services.journal)
    if episode.acked_by:
        return AckResult(episode, already_by=episode.acked_by)
    now = services.now()
    acked, messages = acknowledge_episode(episode, actor, now)
    audit = (done(command, actor, episode, acked),)
    await services.journal.record(JournalEntry(episodes=(acked,), messages=messages, audit=audit), now)
    return AckResult(acked)
