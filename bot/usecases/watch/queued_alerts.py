"""Silences the alerts whose days wait in the queue of their cluster. Once the days no longer wait, the alerts call
again."""

from datetime import datetime, timedelta

from bot.errors import Conflict
from bot.fleet.alerts.queued import follow_queue, may_be_queued
from bot.fleet.status.queue import QueueSilent
from bot.model import JournalEntry
from bot.model.queue import QueueStanding, QueueState
from bot.services import Services
from bot.usecases.queue.standing import standing
from bot.usecases.watch.state import WatchState

# A queue that has not answered for so long may need somebody. A bot that starts, or a busy cluster, takes less.
SILENT_FOR = timedelta(minutes=10)


async def note_queued_alerts(state: WatchState, services: Services) -> None:
    """If an open alert depends on the queue of the cluster, ask the queue who waits, and record what has changed.
    While the queue does not answer, no further alert is silenced. Days that waited in the queue then still count as
    waiting, but for at most ``SILENT_FOR``. While the cluster itself does not answer, nothing changes. If somebody
    changes an alert meanwhile, the next call does the rest. Raises DependencyError if the store does not answer."""
    known = () if state.is_silent else (await services.journal.memory(state.cluster, ())).episodes
    if not any(alert.is_open and (alert.is_queued or may_be_queued(alert)) for alert in known):
        # The queue is not asked, so nothing is known of its silence.
        state.queue_silent_since = None
        return
    queue = await standing(state.cluster, services)
    now = services.now()
    changes = follow_queue(known, _waiting(queue, state, now), services.config.alerts.storm, now)
    if not changes.episodes:
        return
    try:
        await services.journal.record(JournalEntry(episodes=changes.episodes, messages=changes.messages), now)
    except Conflict:
        return
    state.on_messages()


def _waiting(
    queue: QueueStanding | QueueSilent | None, state: WatchState, now: datetime
) -> QueueState | QueueSilent | None:
    """Who waits; None if nobody does, or if the queue has not answered for too long."""
    if not isinstance(queue, QueueSilent):
        state.queue_silent_since = None
        return queue.state if queue else None
    state.queue_silent_since = state.queue_silent_since or now
    return queue if now - state.queue_silent_since < SILENT_FOR else None
