"""Sends answers to a response_url. Whatever goes wrong on the way is reported to the asker, and nothing is raised.

Once a listener has acknowledged a request, none of the listener's callers handles exceptions, and an exception would
make Bolt drop the acknowledgement as well. So this module has the one ``except Exception`` of the listeners.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import errors
from bot.errors import BackfillBotError, new_reference
from bot.fleet.refusals.declined import Declined
from bot.message import Message
from bot.redaction import redact_line

# A response_url takes five messages (docs/slack-facts.md#response_url), of which the plain fallback is one.
TRIES = 3
FIRST_WAIT = 1.0  # seconds
LONGEST_WAIT = 10.0
# Characters of a reason in the log: it may repeat what was typed.
LONGEST_WHY = 500

Work = Callable[[], Awaitable[Message | None]]
# A private message to the asker, for when the response_url takes nothing any more: it is good for 30 minutes and 5
# messages (https://docs.slack.dev/interactivity/handling-user-interaction).
Fallback = Callable[[Message], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Visibility(StrEnum):
    """Who sees an answer. The values are Slack's response types."""

    ASKER = "ephemeral"
    CHANNEL = "in_channel"


async def reply(respond: AsyncRespond, visibility: Visibility, work: Work, fallback: Fallback | None = None) -> None:
    """Do the work and send the message that it returns; None sends nothing. Only the asker sees errors. A message
    that the response_url refuses is sent through ``fallback``."""

    async def answer() -> None:
        message = await work()
        if message is not None:
            await deliver(respond, message, visibility, fallback)

    async def show_problem(problem: BackfillBotError) -> None:
        await deliver(respond, errors.render(problem), Visibility.ASKER, fallback)

    await report_errors(answer, show_problem)


async def report_errors(
    work: Callable[[], Awaitable[None]], report: Callable[[BackfillBotError], Awaitable[None]]
) -> None:
    """Do the work and report its errors: a BackfillBotError as it is, any other by a reference to the log."""
    try:
        await work()
    except BackfillBotError as exc:
        _log.info("not answered", error=type(exc).__name__, why=redact_line(_reason(exc), LONGEST_WHY))
        await report(exc)
    except Exception as exc:  # noqa: BLE001  (the named edge)
        reference = new_reference()
        _log.error("answer failed", reference=reference, exc_info=exc)
        await report(BackfillBotError(errors.unexpected(reference).text))


def _reason(exc: BackfillBotError) -> str:
    """The text of an error for the log."""
    return errors.render(exc).text if isinstance(exc, Declined) else str(exc)


async def deliver(respond: AsyncRespond, message: Message, visibility: Visibility, fallback: Fallback | None) -> None:
    """Send the message; as plain text if Slack refuses its blocks. If the response_url does not accept it, send it
    through ``fallback``."""
    status = await _send(respond, message, visibility)
    if 400 <= status < 500 and status != 429:
        _log.error("answer refused", status=status, text=message.text[:200])
        if status == 400:
            message = Message(message.text)
        status = await _send(respond, Message(message.text), visibility)
    if status == 200:
        return
    if fallback is None:
        _log.error("answer lost", status=status)
        return
    _log.warning("answer goes to the asker alone", status=status)
    await fallback(message)


async def _send(respond: AsyncRespond, message: Message, visibility: Visibility) -> int:
    """Send up to ``TRIES`` times while Slack is busy. Returns the HTTP status of the last try, or 0 if that try got
    no response. A message that may have arrived is sent again, because two answers are better than none."""
    status = 0
    for attempt in range(TRIES):
        try:
            response = await respond(
                text=message.text,
                blocks=[dict(block) for block in message.blocks] or None,
                response_type=visibility,
                replace_original=False,
            )
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            # The SDK has retried already where that helps. A ValueError means that the payload had no response_url.
            # Only the type is logged: the text may hold the response_url, with which anybody could post.
            _log.warning("answer not sent", error=type(exc).__name__)
            return 0
        status = response.status_code
        if status != 429 and status < 500:
            return status
        if attempt < TRIES - 1:
            await asyncio.sleep(_wait(attempt, response.headers))
    return status


def _wait(attempt: int, headers: dict[str, str]) -> float:
    """Seconds until the next try: the Retry-After header if there is one, otherwise exponential backoff; at most
    ``LONGEST_WAIT``."""
    retry_after = headers.get("Retry-After", "")
    return min(float(retry_after) if retry_after.isdecimal() else FIRST_WAIT * 2**attempt, LONGEST_WAIT)
