"""The content of the page (messages, a modal, App Home) as plain values for the templates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from local_slack.errors import Json
from local_slack.page.mrkdwn import Names, mrkdwn, plain
from local_slack.workspace import Workspace
from local_slack.workspace.blocks import with_elements
from local_slack.workspace.fields import holds
from local_slack.workspace.messages import Message
from local_slack.workspace.views import OpenView, Views

SHOWN = 100
"""The page shows this many messages of a channel or thread at first, the latest ones."""
MOST_SHOWN = 2_000
"""The page shows at most this many messages, however far somebody scrolls up."""
LONG_LINES, LONG_TEXT = 10, 700
"""Lines and characters above which a section that does not say ``expand`` is folded. Slack folds such sections and
does not publish where: https://docs.slack.dev/reference/block-kit/blocks/section-block."""


@dataclass(frozen=True)
class MessageView:
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
    cards: tuple[tuple[Json, ...], ...]
    ephemeral: bool
    edited: bool
    is_command: bool
    is_reply: bool
    thread_ts: str
    replies: int
    last_reply: datetime | None
    reactions: tuple[tuple[str, int], ...]


def is_long(text: str) -> bool:
    """Whether Slack folds a section with this text behind "Show more"."""
    return len(text) > LONG_TEXT or text.count("\n") >= LONG_LINES


def channel_messages(ws: Workspace, channel: str, user: str, shown: int = SHOWN) -> list[MessageView]:
    seen = [m for m in ws.messages.of(channel) if m.in_channel and _visible(m, user)]
    return [_view(ws, message) for message in seen[-shown:]]


def thread_messages(ws: Workspace, root: Message, user: str) -> list[MessageView]:
    root_message, *replies = [m for m in ws.messages.thread(root) if _visible(m, user)]
    return [_view(ws, message) for message in (root_message, *replies[-SHOWN:])]


def _visible(message: Message, user: str) -> bool:
    return message.place.ephemeral_to in (None, user)


def _view(ws: Workspace, message: Message) -> MessageView:
    author = ws.directory.users[message.user]
    name = author.name if author.is_bot else author.real_name
    return MessageView(
        ts=message.ts,
        author=name,
        initial=name[0].upper(),
        hue=sum(author.id.encode()) * 47 % 360,
        is_app=author.is_bot,
        at=_moment(message.ts),
        text=message.draft.text,
        blocks=message.draft.blocks,
        images=message.draft.files,
        cards=tuple(tuple(each.get("blocks", ())) for each in message.draft.attachments),
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
    """Returns the texts of an element's confirm dialog, for the page's script."""
    confirm = element["confirm"]
    words = {name: confirm[name]["text"] for name in ("title", "confirm", "deny")}
    text = confirm["text"]
    drawn = mrkdwn(text["text"], names) if text["type"] == "mrkdwn" else plain(text["text"])
    return json.dumps(words | {"html": str(drawn), "style": confirm.get("style", "primary")})


@dataclass(frozen=True)
class ModalView:
    view_id: str
    title: Json
    submit: Json | None
    close: Json | None
    blocks: tuple[Json, ...]
    errors: dict[str, str]
    notice: str
    depth: int


@dataclass(frozen=True)
class HomeView:
    """A user's App Home. ``view_id`` and ``hash`` are empty until the app has published a view."""

    view_id: str = ""
    hash: str = ""
    blocks: tuple[Json, ...] = ()


def home_view(views: Views, user: str) -> HomeView:
    home = views.home(user)
    return HomeView(home.id, home.hash, tuple(home.blocks)) if home else HomeView()


def modal_view(views: Views, user: str) -> ModalView | None:
    """Returns the top of the user's stack; None when nothing is open."""
    top = views.top(user)
    if top is None:
        return None
    return ModalView(
        view_id=top.id,
        title=top.content["title"],
        submit=top.content["submit"],
        close=top.content["close"],
        blocks=tuple(_as_entered(block, top, views) for block in top.blocks),
        errors=top.errors,
        notice=top.notice,
        depth=len(views.stack(user)),
    )


def _as_entered(block: Json, view: OpenView, views: Views) -> Json:
    """Returns the block with the entered values as initial values of its elements, so that it is drawn like any other
    block."""

    def change(element: Json) -> Json:
        if not holds(element):
            return element
        field = views.field(view, element)
        held = view.values[block["block_id"]][field.name][field.shape.name]
        shown = {name: value for name, value in element.items() if name != field.shape.initial}
        return shown | ({field.shape.initial: held} if held else {})

    return with_elements(block, change)
