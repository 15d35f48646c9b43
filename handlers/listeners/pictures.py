"""Sends the picture of an answer after the answer, so that nobody waits for it. A picture that cannot be drawn or
uploaded is left out: the answer has its figures."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import pictures
from bot.errors import DependencyError
from bot.message import Message
from bot.services import Services
from handlers.listeners.reply import Visibility

# Slack refuses an image block until it has processed the file.
TRIES = 3
WAIT_SECONDS = 1.5

# Sends the message that shows the picture. False: Slack has refused it, and may take it later.
Send = Callable[[Message], Awaitable[bool]]

_log = structlog.get_logger(__name__)


async def follow_with_picture(message: Message, send: Send, services: Services) -> None:
    """Draw the picture of this answer, if it has one, and send it to those who see the answer."""
    if message.picture is None:
        return
    picture = message.picture
    try:
        drawn = await services.pictures.draw(picture.chart)
        file_id = await services.files.upload(drawn, f"{picture.name}.png", picture.alt_text)
    except DependencyError as exc:
        _log.warning("answer without its picture", picture=picture.name, reason=str(exc))
        return
    shown = Message(picture.alt_text, (pictures.image(picture, file_id),))
    for _ in range(TRIES):
        if await send(shown):
            return
        await asyncio.sleep(WAIT_SECONDS)
    _log.warning("picture not sent", picture=picture.name)


async def send_picture(respond: AsyncRespond, visibility: Visibility, message: Message) -> bool:
    """Send it to a response_url; see ``Send``."""
    try:
        response = await respond(
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            response_type=visibility,
            replace_original=False,
        )
    except (aiohttp.ClientError, OSError, ValueError) as exc:
        _log.warning("picture not sent", error=type(exc).__name__)
        return True
    return response.status_code == 200
