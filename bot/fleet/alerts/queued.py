"""Which alerts only wait until the queue of their cluster begins a sequence for their days. Pure.

Such an alert counts as answered: nothing is left to do until the sequence begins and takes the alert over. The alert
shows and stores that its days wait, but not their place in the queue. So its message is not edited when the sequence
of another customer begins.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.commands import Selection
from bot.fleet.alerts.answers import without_past_snooze
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.alerts.episodes import card
from bot.fleet.alerts.reconcile import Changes
from bot.fleet.alerts.storms import storm_cards
from bot.fleet.notifications.keys import is_within_sequence
from bot.fleet.status.queue import QueueSilent
from bot.model import AlertReason, Episode
from bot.model.queue import Batch, QueueState


def may_be_queued(alert: Episode) -> bool:
    """Whether the queue decides if this alert calls people. The queue decides only about alerts of closed runs,
    because it begins no sequence for the days of a run that is still open."""
    is_about_closed = bool(alert.customer) and alert.alert_reason in CLOSED_REASONS
    return alert.is_open and alert.sequence is None and is_about_closed and not is_within_sequence(alert)


def follow_queue(
    known: Sequence[Episode], queue: QueueState | QueueSilent | None, storm: int, now: datetime
) -> Changes:
    """The changes to alerts whose days have begun to wait in the queue, or no longer wait there. An alert whose days
    no longer wait calls people again. ``known`` are all alerts that the watcher remembers of the cluster. ``queue``
    is None if no queue is open. As long as the queue does not answer, the days that waited there still count as
    waiting. A group of more than ``storm`` customers is large."""
    changed = tuple(
        _changed(alert, now)
        for alert in known
        if alert.is_open and alert.is_queued != (may_be_queued(alert) and _waits(alert, queue))
    )
    firsts, roots = storm_cards(known, changed, storm)
    return Changes((*changed, *firsts), (*roots, *map(card, changed)))


def _changed(alert: Episode, now: datetime) -> Episode:
    if not alert.is_queued:
        return replace(alert, is_queued=True, changed_at=now)
    awake = without_past_snooze(alert, now)
    return replace(awake, is_queued=False, changed_at=now, last_told_at=now, calls_again_at=now)


def _waits(alert: Episode, queue: QueueState | QueueSilent | None) -> bool:
    """Whether the days of the alert get their turn without help from a person. They do if their sequence is being
    started. They also do if they wait in a queue that is not paused, and nobody holds these days back. As long as the
    queue does not answer, ``alert.is_queued`` decides."""
    if queue is None:
        return False
    if isinstance(queue, QueueSilent):
        return alert.is_queued
    coming = {(each.customer, each.batch) for each in queue.starting}
    if not queue.paused_by:
        coming |= {(each.customer, each.batch) for each in queue.queued if not each.is_held}
    return any((alert.customer, batch.id) in coming and _is_for(batch, alert) for batch in queue.batches)


def _is_for(batch: Batch, alert: Episode) -> bool:
    """Whether the batch (the customers of one confirmed command) is for days of this alert. A batch that runs only
    failed windows is for alerts about failures only."""
    runs_days = alert.window is None or batch.whole.intersection(alert.window) is not None
    runs_reason = batch.which != Selection.FAILED or alert.alert_reason is AlertReason.FAILED
    is_same_campaign = batch.campaign == alert.campaign or not (batch.campaign and alert.campaign)
    return runs_days and runs_reason and is_same_campaign
