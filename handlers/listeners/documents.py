"""Sends the file of an answer to the people who see the answer. A response_url takes no files."""

from dataclasses import replace

import structlog

from bot.blocks import documents
from bot.errors import DependencyError
from bot.message import Message
from bot.model import Actor
from bot.services import Services
from handlers.listeners.reply import Visibility

_log = structlog.get_logger(__name__)


async def with_file_sent(
    message: Message | None, visibility: Visibility, actor: Actor, services: Services
) -> Message | None:
    """The answer to show after its file has been sent. If the file cannot be sent, the answer says why."""
    if message is None or message.document is None:
        return message
    answer = replace(message, document=None)
    try:
        if visibility is Visibility.CHANNEL:
            await services.files.share(message.document)
            return answer
        await services.files.send(actor.user_id, message.document)
    except DependencyError as exc:
        _log.warning("file not sent", file=message.document.name, user=actor.user_id, reason=str(exc))
        return documents.without_file(answer, exc)
    return documents.with_private_file(answer)
