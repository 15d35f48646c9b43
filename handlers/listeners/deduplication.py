"""Deduplication: Slack may deliver the same thing twice, to this bot or to another one on the same store.

See docs/slack-facts.md#socket-mode and docs/decisions/replicas.md.
"""

import asyncio
from datetime import timedelta

import structlog

from bot.errors import DependencyError
from bot.in_flight import InFlight
from bot.services import Services

# A submitted modal is deduplicated before its acknowledgement, which is due within 3 s: the store gets half of that.
PATIENCE = timedelta(seconds=1.5)

_log = structlog.get_logger(__name__)


async def is_new_delivery(delivery: str, services: Services, in_flight: InFlight) -> bool:
    """Whether no bot has had this delivery before. True also when the store does not answer in time: a second answer
    is better than none."""
    lookup = asyncio.create_task(_first_time(delivery, services, in_flight))
    # The write is not cancelled after the wait, because the store completes a write that it has begun.
    answered, _ = await asyncio.wait({lookup}, timeout=PATIENCE.total_seconds())
    if not answered:
        _log.warning("delivery taken unasked: the store is slow", delivery=delivery)
        return True
    if not lookup.result():
        _log.info("delivered before", delivery=delivery)
    return lookup.result()


async def _first_time(delivery: str, services: Services, in_flight: InFlight) -> bool:
    with in_flight.track():
        try:
            return await services.deliveries.first_time(delivery, services.now())
        except DependencyError as exc:
            _log.warning("delivery taken unasked", delivery=delivery, reason=str(exc))
            return True
