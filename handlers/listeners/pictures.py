"""Sends the picture of an answer after the answer, so that nobody waits for it. A picture that cannot be drawn or
uploaded is left out: the answer has its figures."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import pictures
from bot.errors import DependencyError
from bot.message import Message, Picture
from bot.services import Services
from handlers.listeners.reply import Visibility

# Slack refuses an image block until it has processed the file.
TRIES = 3
WAIT_SECONDS = 1.5

_log = structlog.get_logger(__name__)


async def follow_with_picture(
    message: Message, respond: AsyncRespond, visibility: Visibility, services: Services
) -> None:
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
    await _send(picture, pictures.image(picture, file_id), respond, visibility)


async def _send(picture: Picture, block: Mapping[str, Any], respond: AsyncRespond, visibility: Visibility) -> None:
    status = 0
    for _ in range(TRIES):
        try:
            response = await respond(
                text=picture.alt_text, blocks=[dict(block)], response_type=visibility, replace_original=False
            )
        except (aiohttp.ClientError, OSError, ValueError) as exc:
            _log.warning("picture not sent", error=type(exc).__name__)
            return
        status = response.status_code
        if status == 200:
            return
        await asyncio.sleep(WAIT_SECONDS)
    _log.warning("picture not sent", status=status)
