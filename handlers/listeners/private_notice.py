"""Private messages to one person, for outcomes that their dialog or response_url does not take any more."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.errors import DependencyError, RateLimited, Unavailable, new_reference
from bot.message import Message
from bot.services import Services
from handlers.listeners.reply import FIRST_WAIT, LONGEST_WAIT, TRIES

# Slack's limit for the text of an ephemeral message (docs/slack-facts.md#limits), so the log keeps the whole text.
LONGEST_TEXT = 4_000

_log = structlog.get_logger(__name__)


async def notify_privately(user_id: str, services: Services, message: Message) -> None:
    """Send the message. One that may have arrived is sent again: better twice than never. A failure is only logged,
    with the text."""
    try:
        await with_retries(lambda: services.modals.whisper(user_id, message))
    except DependencyError as exc:
        lost = {"user": user_id, "why": str(exc), "text": message.text[:LONGEST_TEXT]}
        _log.error("outcome not told", reference=new_reference(), **lost)


async def with_retries(act: Callable[[], Awaitable[None]]) -> None:
    """Call ``act``, up to ``TRIES`` times while Slack does not answer or is busy. Raises the last Unavailable."""
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
    wait = exc.retry_after if isinstance(exc, RateLimited) else timedelta(seconds=FIRST_WAIT * 2 ** (attempt - 1))
    return min(wait.total_seconds(), LONGEST_WAIT)
