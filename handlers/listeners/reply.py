"""How an answer leaves the bot: whatever goes wrong on the way, the asker hears of it, and nothing escapes.

After the acknowledgement nobody is left to catch an exception (Bolt would drop the acknowledgement with it), so
this file has the one ``except Exception`` of the handlers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import errors
from bot.errors import BackfillBotError, new_reference
from bot.message import Message
from bot.redaction import redact_line

# A response_url takes five messages (slack-contract.md §4.6), and the plain fallback is one of them.
TRIES = 3
FIRST_WAIT = 1.0  # seconds
LONGEST_WAIT = 10.0
# Of a reason in the log, which may repeat what was typed.
LONGEST_WHY = 500

Work = Callable[[], Awaitable[Message | None]]
# Tells the asker alone by another way, for when a response_url takes nothing: it is good for half an hour and five
# messages (https://docs.slack.dev/interactivity/handling-user-interaction).
Fallback = Callable[[Message], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Visibility(StrEnum):
    """Who sees an answer, by Slack's names."""

    ASKER = "ephemeral"
    CHANNEL = "in_channel"


async def reply(respond: AsyncRespond, visibility: Visibility, work: Work, instead: Fallback | None = None) -> None:
    """Do the work and send its answer, if it has one; what goes wrong is told to the asker alone. What cannot be sent
    goes ``instead`` to the asker."""

    async def answer() -> None:
        message = await work()
        if message is not None:
            await _deliver(respond, message, visibility, instead)

    async def tell(problem: BackfillBotError) -> None:
        await _deliver(respond, errors.render(problem), Visibility.ASKER, instead)

    await guarded(answer, tell)


async def guarded(work: Callable[[], Awaitable[None]], tell: Callable[[BackfillBotError], Awaitable[None]]) -> None:
    """Do it. What goes wrong is told: an error raised on purpose as it is, any other by its reference in the log."""
    try:
        await work()
    except BackfillBotError as exc:
        _log.info("not answered", error=type(exc).__name__, why=redact_line(str(exc), LONGEST_WHY))
        await tell(exc)
    except Exception as exc:  # noqa: BLE001  (the named edge)
        reference = new_reference()
        _log.error("answer failed", reference=reference, exc_info=exc)
        await tell(BackfillBotError(errors.unexpected(reference).text))


async def _deliver(respond: AsyncRespond, message: Message, seen_by: Visibility, instead: Fallback | None) -> None:
    """Send it; without its drawing where Slack refuses that."""
    status = await _send(respond, message, seen_by)
    if 400 <= status < 500 and status != 429:
        _log.error("answer refused", status=status, text=message.text[:200])
        if status == 400:
            message = Message(message.text)
        status = await _send(respond, Message(message.text), seen_by)
    if status == 200:
        return
    if instead is None:
        _log.error("answer lost", status=status)
        return
    _log.warning("answer goes to the asker alone", status=status)
    await instead(message)


async def _send(respond: AsyncRespond, message: Message, seen_by: Visibility) -> int:
    """The last HTTP status, 0 for none. An answer that might be there already is sent again: better two than none."""
    status = 0
    for attempt in range(TRIES):
        try:
            response = await respond(
                text=message.text,
                blocks=[dict(block) for block in message.blocks] or None,
                response_type=seen_by,
                replace_original=False,
            )
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            # The SDK has tried again once where that could help; ValueError: the payload had no response_url.
            # Their texts may repeat it, and whoever reads it may speak in the channel.
            _log.warning("answer not sent", error=type(exc).__name__)
            return 0
        status = response.status_code
        if status != 429 and status < 500:
            return status
        if attempt < TRIES - 1:
            await asyncio.sleep(_wait(attempt, response.headers))
    return status


def _wait(attempt: int, headers: dict[str, str]) -> float:
    """Seconds until the next try: what the server asks for, within bounds, else doubling."""
    asked = headers.get("Retry-After", "")
    return min(float(asked) if asked.isdecimal() else FIRST_WAIT * 2**attempt, LONGEST_WAIT)
