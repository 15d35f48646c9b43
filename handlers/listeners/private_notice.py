"""Tells one person alone what they would not hear otherwise; what cannot be told is in the log by its reference."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.errors import DependencyError, RateLimited, Unavailable, new_reference
from bot.message import Message
from bot.services import Services
from handlers.listeners.reply import FIRST_WAIT, LONGEST_WAIT, TRIES

# Slack's own limit of a text is 4,000: all of it is kept.
LONGEST_TEXT = 4_000

_log = structlog.get_logger(__name__)


async def notify_privately(user_id: str, services: Services, message: Message) -> None:
    """Return in any case. Better twice than never: what may have been told is told again."""
    try:
        await with_retries(lambda: services.modals.whisper(user_id, message))
    except DependencyError as exc:
        told = {"user": user_id, "why": str(exc), "text": message.text[:LONGEST_TEXT]}
        _log.error("outcome not told", reference=new_reference(), **told)


async def with_retries(act: Callable[[], Awaitable[None]]) -> None:
    """Do it; a Slack that is busy is waited for, within bounds."""
    for attempt in range(1, TRIES + 1):
        try:
            await act()
        except Unavailable as exc:
            if attempt == TRIES:
                raise
            await asyncio.sleep(_wait(attempt, exc))
        else:
            return


def _wait(attempt: int, exc: Unavailable) -> float:
    """Seconds until the next try."""
    asked = exc.retry_after if isinstance(exc, RateLimited) else timedelta(seconds=FIRST_WAIT * 2 ** (attempt - 1))
    return min(asked.total_seconds(), LONGEST_WAIT)
