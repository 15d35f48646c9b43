"""Snoozes an open alert: it is quiet for a while, or until something changes."""

from datetime import datetime, timedelta
from functools import partial

from bot.commands import Snooze
from bot.fleet.alerts.answers import snooze_episode
from bot.fleet.alerts.lookup import SnoozeResult
from bot.fleet.audit import done
from bot.model import ActiveSnooze, Actor, JournalEntry
from bot.services import Services
from bot.usecases.control.audit_failures import recording_failures
from bot.usecases.open_alert import open_episode, retry_on_conflict

# Slack may deliver a click twice, and people click twice. So an end this near to the recorded one is the same snooze.
SAME = timedelta(minutes=1)


async def snooze(command: Snooze, actor: Actor, services: Services) -> SnoozeResult:
    """A later snooze replaces an earlier one. Raises Declined if there is no such open alert."""
    async with recording_failures(command, actor, services):
        return await retry_on_conflict(partial(_snooze, command, actor, services))


async def _snooze(command: Snooze, actor: Actor, services: Services) -> SnoozeResult:
    episode = await open_episode(command, services.journal)
    now = services.now()
    until = now + command.span if command.span else None
    if episode.quiet is not None and _is_same(episode.quiet, until):
        return SnoozeResult(episode, episode.quiet.until, is_news=False)
    quiet, messages = snooze_episode(episode, actor, until, now)
    audit = (done(command, actor, episode, quiet),)
    await services.journal.record(JournalEntry(episodes=(quiet,), messages=messages, audit=audit), now)
    return SnoozeResult(quiet, until, is_news=True)


def _is_same(quiet: ActiveSnooze, until: datetime | None) -> bool:
    if until is None or quiet.until is None:
        return until is quiet.until
    return abs(until - quiet.until) < SAME
