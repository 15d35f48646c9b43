"""Calls people whose alerts nobody has answered, as the routes of the alerts say."""

from bot.fleet.alerts.escalation import due_calls, stories
from bot.model import Episode, JournalEntry
from bot.services import Services


async def escalate(services: Services) -> bool:
    """Queue what is due and was not queued before; returns whether anything was. Asks no cluster."""
    now = services.now()
    calls = [message for story in stories(await _episodes(services)) for message in due_calls(story, now)]
    known = await services.journal.messages([message.key for message in calls]) if calls else {}
    fresh = tuple(message for message in calls if message.key not in known)
    if fresh:
        await services.journal.record(JournalEntry(messages=fresh), now)
    return bool(fresh)


async def _episodes(services: Services) -> list[Episode]:
    """The open alerts that may call somebody later, each with all alerts of its group."""
    may_call = [episode for episode in await services.journal.open_episodes() if episode.route.calls_later]
    clusters = sorted({episode.ref.cluster for episode in may_call})
    return [episode for name in clusters for episode in (await services.journal.memory(name, ())).episodes]
