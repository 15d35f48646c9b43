"""Deliveries that come twice: Slack may send one again, to this bot or to another one (slack-contract.md §2)."""

import asyncio
from datetime import timedelta

import structlog

from bot.errors import DependencyError
from bot.in_flight import InFlight
from bot.services import Services

# A dialog's submission has to be acknowledged within 3 s, and asks before: the store gets half of them.
PATIENCE = timedelta(seconds=1.5)

_log = structlog.get_logger(__name__)


async def is_new_delivery(delivery: str, services: Services, in_flight: InFlight) -> bool:
    """Whether no bot has been given this delivery before. A store that does not tell in time has not seen it:
    an answer that comes twice is better than none."""
    asking = asyncio.create_task(_ask(delivery, services, in_flight))
    # What the store has begun it carries to its end, so that nobody could wait for less by cancelling it.
    answered, _ = await asyncio.wait({asking}, timeout=PATIENCE.total_seconds())
    if not answered:
        _log.warning("delivery taken unasked: the store is slow", delivery=delivery)
        return True
    if not asking.result():
        _log.info("delivered before", delivery=delivery)
    return asking.result()


async def _ask(delivery: str, services: Services, in_flight: InFlight) -> bool:
    with in_flight.track():
        try:
            return await services.deliveries.first_time(delivery, services.now())
        except DependencyError as exc:
            _log.warning("delivery taken unasked", delivery=delivery, reason=str(exc))
            return True
