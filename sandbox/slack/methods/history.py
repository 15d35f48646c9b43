"""conversations.history and conversations.replies: what has been said. Ephemeral messages are in neither."""

from __future__ import annotations

import operator
from decimal import Decimal, InvalidOperation

from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import Json, SlackError
from sandbox.slack.message_views import on_the_wire
from sandbox.slack.messages import Message
from sandbox.slack.methods.conversations import named
from sandbox.slack.paging import page
from sandbox.slack.workspace import Workspace


def history(args: Arguments, ws: Workspace) -> Json:
    conversation = named(args, ws)
    _must_be_member(conversation.members, ws)
    found = [m for m in reversed(ws.messages.of(conversation.id)) if m.in_channel and _wanted(m, args)]
    shown, cursor = page(found, args, lambda m: m.ts, before=operator.gt)
    return _answer(shown, cursor, args, ws) | {"pin_count": 0}


def replies(args: Arguments, ws: Workspace) -> Json:
    conversation = named(args, ws)
    _must_be_member(conversation.members, ws)
    asked = ws.messages.find(conversation.id, args.required("ts", "thread_not_found"))
    if asked is None or asked.place.ephemeral_to:
        raise SlackError("thread_not_found")
    root = ws.messages.find(conversation.id, asked.place.thread_ts or asked.ts) or asked
    said = [m for m in ws.messages.thread(root) if m is root or _wanted(m, args)]
    shown, cursor = page(said if asked is root else [asked], args, lambda m: m.ts)
    return _answer(shown, cursor, args, ws)


def _must_be_member(members: list[str], ws: Workspace) -> None:
    if ws.seed.bot.id not in members:
        raise SlackError("not_in_channel")


def _wanted(message: Message, args: Arguments) -> bool:
    """Inside `oldest`..`latest`, both ends out unless `inclusive`."""
    if message.place.ephemeral_to:
        return False
    oldest, latest = args.text("oldest"), args.text("latest")
    if args.flag("inclusive") and message.ts in (oldest, latest):
        return True
    return (oldest is None or _moment(message.ts) > _moment(oldest)) and (
        latest is None or _moment(message.ts) < _moment(latest)
    )


def _moment(ts: str) -> Decimal:
    """Microseconds matter here and do not fit a float."""
    try:
        return Decimal(ts)
    except InvalidOperation as exc:
        raise SlackError("invalid_ts_oldest") from exc


def _answer(shown: list[Message], cursor: str, args: Arguments, ws: Workspace) -> Json:
    metadata = args.flag("include_all_metadata")
    return {
        "messages": [on_the_wire(m, ws.messages, ws.seed, metadata=metadata) for m in shown],
        "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor},
    }
