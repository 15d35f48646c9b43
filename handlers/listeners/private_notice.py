"""Private messages to one person, for outcomes that their dialog or response_url does not take any more."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from bot.errors import AccessDenied, DependencyError, RateLimited, Refused, Unavailable, new_reference
from bot.message import Message
from bot.services import Services
from handlers.listeners.rate_limits import LONGEST_PATIENCE
from handlers.listeners.reply import FIRST_WAIT, TRIES

# Slack's limit for the text of an ephemeral message (docs/slack-facts.md#limits), so the log keeps the whole text.
LONGEST_TEXT = 4_000

Sleep = Callable[[float], Awaitable[None]]

_log = structlog.get_logger(__name__)


async def notify_privately(user_id: str, services: Services, message: Message) -> None:
    """Send the message. If Slack's reply is lost, the message is sent again: twice is better than never. A failure is
    only logged, with the text of the message."""
    try:
        await send_with_retries(partial(services.modals.whisper, user_id), message)
    except DependencyError as exc:
        lost = {"user": user_id, "why": str(exc), "text": message.text[:LONGEST_TEXT]}
        _log.error("outcome not told", reference=new_reference(), **lost)


async def send_with_retries(send: Callable[[Message], Awaitable[None]], message: Message) -> None:
    """Send the message, with the retries of ``with_retries``. If Slack refuses its blocks, send its text alone, with
    retries too. Raises DependencyError if the message could not be sent."""
    try:
        await with_retries(partial(send, message))
    except Refused as exc:
        if isinstance(exc, AccessDenied) or not message.blocks:
            raise
        _log.error("answer refused", why=str(exc), text=message.text[:200])
        await with_retries(partial(send, replace(message, blocks=())))


async def with_retries(act: Callable[[], Awaitable[None]], sleep: Sleep = asyncio.sleep) -> None:
    """Call ``act``, and call it again if Slack does not answer or is busy. Raises the last Unavailable after
    ``TRIES`` calls, or when the waits between them would exceed ``LONGEST_PATIENCE``."""
    patience = LONGEST_PATIENCE
    for attempt in range(1, TRIES + 1):
        try:
            await act()
        except Unavailable as exc:
            wait = _wait(attempt, exc)
            patience -= wait
            if attempt == TRIES or patience < timedelta(0):
                raise
            await sleep(wait.total_seconds())
        else:
            return


def _wait(attempt: int, exc: Unavailable) -> timedelta:
    """The time until the next try: the time that Slack has named if it is rate limited, otherwise exponential
    backoff."""
    return exc.retry_after if isinstance(exc, RateLimited) else timedelta(seconds=FIRST_WAIT * 2 ** (attempt - 1))
