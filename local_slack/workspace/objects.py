"""Message and view objects, as the app and the control API receive them."""

from __future__ import annotations

from local_slack.errors import Json
from local_slack.workspace import Workspace
from local_slack.workspace.messages import Message, Messages
from local_slack.workspace.people import SlackSeed
from local_slack.workspace.views import OpenView, Values


def message_object(message: Message, messages: Messages, seed: SlackSeed, *, metadata: bool = False) -> Json:
    """The message object of conversations.history, chat.postMessage and interaction payloads."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.draft.text}
    if message.bot_id:
        body |= {"bot_id": message.bot_id, "app_id": seed.app_id, "team": seed.team_id}
    if message.subtype:
        body["subtype"] = message.subtype
    body |= _content(message)
    if message.place.thread_ts:
        body["thread_ts"] = message.place.thread_ts
    body |= _thread_facts(message, messages)
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if metadata and message.draft.metadata:
        body["metadata"] = message.draft.metadata
    return body


def control_message(message: Message, messages: Messages, seed: SlackSeed) -> Json:
    """The object of `message_object`, with its metadata and channel. An ephemeral message also names the user who
    sees it, and a deleted one is marked."""
    body = message_object(message, messages, seed, metadata=True) | {"channel": message.place.channel}
    if message.place.ephemeral_to:
        body |= {"ephemeral_to": message.place.ephemeral_to, "is_ephemeral": True}
    if message.deleted:
        body["deleted"] = True
    body.setdefault("blocks", [])
    return body


def view_object(view: OpenView, ws: Workspace, values: Values | None = None) -> Json:
    """The view object with ``values`` as its state. Without ``values`` the state is empty, as in the replies of
    views.*."""
    grid = ws.seed.grid
    return view.content | {
        "id": view.id,
        "team_id": ws.seed.team_id,
        "state": {"values": values or {}},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous.id if view.previous else None,
        "app_id": ws.seed.app_id,
        "app_installed_team_id": grid.id if grid and grid.is_org_wide else ws.seed.team_id,
        "bot_id": ws.seed.bot.bot_id,
    }


def _content(message: Message) -> Json:
    content: Json = {}
    if message.draft.blocks:
        content["blocks"] = list(message.draft.blocks)
    if message.draft.attachments:
        content["attachments"] = list(message.draft.attachments)
    if message.draft.files:
        content["files"] = list(message.draft.files)
    if message.edited:
        content["edited"] = message.edited
    return content


def _thread_facts(message: Message, messages: Messages) -> Json:
    if not message.replies:
        return {}
    replies = [messages.find(message.place.channel, ts) for ts in message.replies]
    authors = list(dict.fromkeys(reply.user for reply in replies if reply))
    return {
        "thread_ts": message.ts,
        "reply_count": len(message.replies),
        "reply_users": authors,
        "reply_users_count": len(authors),
        "latest_reply": message.replies[-1],
        "is_locked": False,
    }
