"""Replaces user ids by people's names in a message's plain text, which notifications and screen readers use.

In blocks, Slack itself turns a mention such as ``<@U1>`` into a name; in the plain text it does not.
"""

import json
import re
from dataclasses import replace
from html import escape

from bot.message import Message
from bot.services import Services
from bot.usecases.display_names import names_of

# Text from outside is escaped in blocks, so every match is a mention that the bot wrote itself.
_MENTION = re.compile(r"<@([A-Z0-9]+)>")
NOBODY_KNOWS = "somebody"


async def with_display_names(message: Message, services: Services) -> Message:
    """The message with people's names in its plain text, in place of the ids of those whom its blocks mention."""
    mentioned = set(_MENTION.findall(json.dumps(message.blocks)))
    if not mentioned:
        return message
    names = {
        user_id: NOBODY_KNOWS if name == user_id else name
        for user_id, name in (await names_of(mentioned, services)).items()
    }
    ids = re.compile(rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})\b")
    return replace(message, text=ids.sub(lambda match: escape(names[match[0]], quote=False), message.text))
