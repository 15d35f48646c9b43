"""What has waited for Slack too long is not said as if it were news: left out for a reason, or told in fewer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from pydantic import ValidationError

from bot.fleet.notifications.notification import parse
from bot.fleet.notifications.stale import LATE, UnsentMessage, join_attempts, stale_reasons
from bot.model import Entry, Episode, Queued
from bot.services import Services

_log = structlog.get_logger(__name__)


def is_late(queued: Queued, now: datetime) -> bool:
    """Whether it has waited so long to be posted that something may have overtaken it."""
    return queued.address is None and now - queued.created_at >= LATE


async def leave_out_overtaken(services: Services) -> bool:
    """Whether there was anything. Lines are left out before the message above them is posted, and those that tell for
    others say so before these are left out: a bot that dies in between goes on where it was."""
    now = services.now()
    queued = {one.speech.key: one for one in await services.outbox.unsaid()}
    unsaid = _understood(tuple(queued.values()), now)
    reasons = stale_reasons(unsaid, await _episodes(unsaid, services))
    told, needless = join_attempts([one for one in unsaid if one.speech.key not in reasons])
    if told:
        await services.journal.record(Entry(messages=told), now)
    reasons |= dict.fromkeys(needless, "a later line tells of it")
    for key, reason in reasons.items():
        await services.outbox.discard_stale(key, queued[key].revision, reason)
        _log.info("speech left out", key=key, reason=reason)
    return bool(reasons)


def _understood(queued: Sequence[Queued], now: datetime) -> list[UnsentMessage]:
    """Without those that cannot be read, which are set aside when their turn comes."""
    unsaid: list[UnsentMessage] = []
    for one in queued:
        try:
            saying = parse(one.speech.body)
        except ValidationError:
            continue
        unsaid.append(UnsentMessage(one.speech, saying, is_late(one, now), one.attempted_at is not None))
    return unsaid


async def _episodes(unsaid: Sequence[UnsentMessage], services: Services) -> Mapping[str, Episode]:
    return await services.journal.episodes_by_id({one.story for one in unsaid if one.story})
