"""Silences the alerts whose days wait in the queue of their cluster, and lets them call again once they do not."""

from bot.errors import Conflict
from bot.fleet.alerts.queued import follow_queue, may_be_queued
from bot.model import JournalEntry
from bot.model.queue import QueueStanding
from bot.services import Services
from bot.usecases.queue.standing import standing
from bot.usecases.watch.state import WatchState


async def note_queued_alerts(state: WatchState, services: Services) -> None:
    """Ask the queue of the cluster who waits, only if an open alert depends on that, and record what has changed. A
    queue that does not answer silences nothing. While the cluster itself does not answer, all stays as it is. If
    somebody changes an alert meanwhile, the next call does the rest. Raises DependencyError if the store does not
    answer."""
    if state.is_silent:
        return
    known = (await services.journal.memory(state.cluster, ())).episodes
    if not any(alert.is_open and (alert.is_queued or may_be_queued(alert)) for alert in known):
        return
    queue = await standing(state.cluster, services)
    waiting = queue.state if isinstance(queue, QueueStanding) else None
    now = services.now()
    changes = follow_queue(known, waiting, services.config.alerts.storm, now)
    if not changes.episodes:
        return
    try:
        await services.journal.record(JournalEntry(episodes=changes.episodes, messages=changes.messages), now)
    except Conflict:
        return
    state.on_messages()
