"""Puts names into the text that notifications and screen readers show: a mention is a name in blocks alone."""

import json
import re
from dataclasses import replace
from html import escape

from bot.message import Message
from bot.services import Services
from bot.usecases.display_names import names_of

# Whatever comes from outside is escaped in blocks, so that this is always a mention of our own.
_MENTIONED = re.compile(r"<@([A-Z0-9]+)>")
NOBODY_KNOWS = "somebody"


async def named(message: Message, services: Services) -> Message:
    """Its text with the names of those whom its blocks mention, in place of their ids."""
    mentioned = set(_MENTIONED.findall(json.dumps(message.blocks)))
    if not mentioned:
        return message
    names = await names_of(mentioned, services)
    known = {user_id: NOBODY_KNOWS if name == user_id else name for user_id, name in names.items()}
    ids = re.compile(rf"\b(?:{'|'.join(sorted(known, key=len, reverse=True))})\b")
    return replace(message, text=ids.sub(lambda found: escape(known[found[0]], quote=False), message.text))
