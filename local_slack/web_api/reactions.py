"""reactions.*: emoji under a message."""

from __future__ import annotations

import re

from local_slack.errors import Json, SlackError
from local_slack.web_api.arguments import Arguments
from local_slack.web_api.conversations import named
from local_slack.workspace import Workspace
from local_slack.workspace.emoji import NAMES
from local_slack.workspace.messages import Message


def add(args: Arguments, ws: Workspace) -> Json:
    message, name = _target(args, ws)
    if ws.seed.bot.id in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    ws.messages.react(message, name, ws.seed.bot.id, present=True)
    return {}


def remove(args: Arguments, ws: Workspace) -> Json:
    message, name = _target(args, ws)
    if ws.seed.bot.id not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    ws.messages.react(message, name, ws.seed.bot.id, present=False)
    return {}


def _target(args: Arguments, ws: Workspace) -> tuple[Message, str]:
    name = args.required("name", "invalid_name").strip(":")
    if re.sub(r"::skin-tone-[2-6]$", "", name) not in NAMES.union(ws.seed.emoji):
        raise SlackError("invalid_name")
    ts = args.required("timestamp", "bad_timestamp")
    if not re.fullmatch(r"\d+\.\d{6}", ts):
        raise SlackError("bad_timestamp")
    message = ws.messages.find(named(args, ws).id, ts)
    if message is None or message.place.ephemeral_to:
        raise SlackError("message_not_found")
    return message, name
