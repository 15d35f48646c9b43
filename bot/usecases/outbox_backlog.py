"""Reduces the messages that have waited too long for Slack: discards stale ones, and joins many lines into a few."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from bot.fleet.alerts.answers import without_past_snooze
from bot.fleet.notifications.notification import parse_if_readable
from bot.fleet.notifications.stale import LATE, UnsentMessage, join_attempts, stale_reasons
from bot.model import Episode, JournalEntry, Queued
from bot.services import Services

_log = structlog.get_logger(__name__)


def is_late(queued: Queued, now: datetime) -> bool:
    """Whether the message has waited so long to be posted that it may no longer be true."""
    return queued.address is None and now - queued.created_at >= LATE


async def discard_stale_messages(services: Services) -> bool:
    """Discard stale messages, and join late lines about failed attempts. Returns whether anything was discarded.

    Call this before posting. Once the message at the top of a thread is posted, some lines of the thread no longer
    count as stale.

    When lines are joined, one line is updated to count the others before these are discarded. So after a crash in
    between, the next call continues.
    """
    now = services.now()
    queued = {row.message.key: row for row in await services.outbox.undelivered()}
    unsent = _readable(tuple(queued.values()), now)
    episodes = {key: without_past_snooze(each, now) for key, each in (await _episodes(unsent, services)).items()}
    reasons = stale_reasons(unsent, episodes)
    summaries, joined_keys = join_attempts([entry for entry in unsent if entry.message.key not in reasons])
    if summaries:
        await services.journal.record(JournalEntry(messages=summaries), now)
    reasons |= dict.fromkeys(joined_keys, "a later line tells of it")
    for key, reason in reasons.items():
        await services.outbox.discard_stale(key, queued[key].revision, reason)
        _log.info("message discarded as stale", key=key, reason=reason)
    return bool(reasons)


def _readable(queued: Sequence[Queued], now: datetime) -> list[UnsentMessage]:
    """The messages, without rows that cannot be parsed: the dispatcher makes these dead letters when they are due."""
    unsent: list[UnsentMessage] = []
    for row in queued:
        notification = parse_if_readable(row.message.body)
        if notification is not None:
            unsent.append(UnsentMessage(row.message, notification, is_late(row, now), row.attempted_at is not None))
    return unsent


async def _episodes(unsent: Sequence[UnsentMessage], services: Services) -> Mapping[str, Episode]:
    return await services.journal.episodes_by_id({entry.story for entry in unsent if entry.story})
