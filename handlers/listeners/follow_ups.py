"""Sends the file, the further messages and the picture of an answer.

The file is sent before the answer, because a response_url takes no files. Further messages follow the answer. The
picture comes last, so that nobody waits for it. A picture that cannot be drawn or uploaded is left out, because the
answer has the same numbers.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import documents, pictures
from bot.errors import DependencyError
from bot.message import Document, Message
from bot.model import Actor
from bot.services import Services
from bot.usecases.posted_digest import link_to, posted_digest
from handlers.listeners.reply import Fallback, Visibility, Work, deliver, reply

# Slack refuses an image block until it has processed the file.
TRIES = 3
WAIT_SECONDS = 1.5

# Sends the message that shows the picture. Returns False if Slack has refused it now but may accept it later.
Send = Callable[[Message], Awaitable[bool]]

_log = structlog.get_logger(__name__)


async def reply_with_follow_ups(
    respond: AsyncRespond, visibility: Visibility, work: Work, fallback: Fallback | None, services: Services
) -> None:
    """Do the work and send to the response_url the message that it returns, with all that follows it. A click on the
    Home tab has no response_url; its answer goes through ``fallback`` and has no picture."""
    answers: list[Message] = []

    async def remembered() -> Message | None:
        message = await work()
        answers.extend([message] if message else [])
        return message

    await reply(respond, visibility, remembered, fallback)
    for message in answers:
        await follow_with_messages(message, respond, visibility, fallback)
        if respond.response_url:
            await follow_with_picture(message, partial(send_picture, respond, visibility), services)


async def with_file_sent(
    message: Message | None, visibility: Visibility, actor: Actor, services: Services
) -> Message | None:
    """Send the file of the answer, and return the answer without the file. If everybody sees the answer, the file
    goes to the team channel, into the thread of the digest of the file's day if there is one. Otherwise it goes to
    the asker alone. If the file cannot be sent, the returned answer says why."""
    if message is None or message.document is None:
        return message
    answer = replace(message, document=None)
    try:
        if visibility is Visibility.CHANNEL:
            return await _with_file_shared(answer, message.document, services)
        await services.files.send(actor.user_id, message.document)
    except DependencyError as exc:
        _log.warning("file not sent", file=message.document.name, user=actor.user_id, reason=str(exc))
        return documents.without_file(answer, exc)
    return documents.with_private_file(answer)


async def _with_file_shared(answer: Message, document: Document, services: Services) -> Message:
    thread = await posted_digest(document.day, document.campaign, services) if document.day else None
    await services.files.share(document, thread)
    return documents.with_file_in_thread(answer, await link_to(thread, services)) if thread else answer


async def follow_with_messages(
    message: Message, respond: AsyncRespond, visibility: Visibility, fallback: Fallback | None
) -> None:
    """Send the follow-up and the part for the asker alone, if there are any. A message that the response_url refuses
    is sent through ``fallback`` to the asker, like the answer itself."""
    if message.follow_up is not None:
        await deliver(respond, message.follow_up, visibility, fallback)
    if message.for_asker is not None:
        await deliver(respond, message.for_asker, Visibility.ASKER, fallback)


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
    """Send the message with the picture to a response_url. Returns False if the caller has to send it again: Slack
    has refused it, but may accept it later. Returns True if Slack has taken it, or if the request failed: a failed
    request is not repeated."""
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
