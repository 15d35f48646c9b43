"""What the page shows of a message: plain values for the templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from local_slack.errors import Json
from local_slack.page.mrkdwn import mrkdwn, plain
from local_slack.page.names import Names
from local_slack.workspace.messages import Message
from local_slack.workspace.state import Workspace

SHOWN = 100
"""Messages of a channel or thread on the page, the latest ones."""


@dataclass(frozen=True)
class Look:
    """A message as one user sees it."""

    ts: str
    author: str
    initial: str
    hue: int
    is_app: bool
    at: datetime
    text: str
    blocks: tuple[Json, ...]
    images: tuple[Json, ...]
    ephemeral: bool
    edited: bool
    is_command: bool
    is_reply: bool
    thread_ts: str
    replies: int
    last_reply: datetime | None
    reactions: tuple[tuple[str, int], ...]


def channel_looks(ws: Workspace, channel: str, user: str) -> list[Look]:
    seen = [m for m in ws.messages.of(channel) if m.in_channel and _visible(m, user)]
    return [_look(ws, message) for message in seen[-SHOWN:]]


def thread_looks(ws: Workspace, root: Message, user: str) -> list[Look]:
    first, *said = [m for m in ws.messages.thread(root) if _visible(m, user)]
    return [_look(ws, message) for message in (first, *said[-SHOWN:])]


def _visible(message: Message, user: str) -> bool:
    return message.place.ephemeral_to in (None, user)


def _look(ws: Workspace, message: Message) -> Look:
    author = ws.directory.users[message.user]
    name = author.name if author.is_bot else author.real_name
    return Look(
        ts=message.ts,
        author=name,
        initial=name[0].upper(),
        hue=sum(author.id.encode()) * 47 % 360,
        is_app=author.is_bot,
        at=_moment(message.ts),
        text=message.draft.text,
        blocks=message.draft.blocks,
        images=message.draft.files,
        ephemeral=message.place.ephemeral_to is not None,
        edited=message.edited is not None,
        is_command=message.subtype == "slash_command",
        is_reply=message.place.thread_ts is not None,
        thread_ts=message.place.thread_ts or message.ts,
        replies=len(message.replies),
        last_reply=_moment(message.replies[-1]) if message.replies else None,
        reactions=tuple((reaction, len(users)) for reaction, users in message.reactions.items()),
    )


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


def confirm_json(element: Json, names: Names) -> str:
    """The words of an element's confirm dialog, for the page's script."""
    confirm = element["confirm"]
    words = {name: confirm[name]["text"] for name in ("title", "confirm", "deny")}
    text = confirm["text"]
    drawn = mrkdwn(text["text"], names) if text["type"] == "mrkdwn" else plain(text["text"])
    return json.dumps(words | {"html": str(drawn), "style": confirm.get("style", "primary")})
