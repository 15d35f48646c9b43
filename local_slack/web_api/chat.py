"""chat.*: posting, updating and deleting messages of the bot."""

from __future__ import annotations

from local_slack.errors import Json, SlackError
from local_slack.validation import MessageArguments, check_message
from local_slack.validation.messages import apply_edit, shows_edited
from local_slack.web_api.arguments import Arguments
from local_slack.workspace import Workspace
from local_slack.workspace.ids import permalink
from local_slack.workspace.messages import Message, Place
from local_slack.workspace.objects import message_object

SHORT_TEXT = 4_000
"""chat.update and chat.postEphemeral refuse longer text (https://docs.slack.dev/reference/methods/chat.update)."""


def message_arguments(args: Arguments, text_limit: int | None = None) -> MessageArguments:
    return MessageArguments(
        args.raw("text"),
        args.raw("blocks"),
        args.raw("attachments"),
        args.raw("metadata"),
        args.raw("markdown_text"),
        text_limit,
    )


def post_message(args: Arguments, ws: Workspace) -> Json:
    channel = ws.directory.for_posting(args.required("channel", "channel_not_found"))
    draft = check_message(message_arguments(args))
    thread_ts = args.text("thread_ts")
    broadcast = thread_ts is not None and args.flag("reply_broadcast")
    message = ws.post_as_bot(Place(channel.id, thread_ts, broadcast), draft)
    shown = message_object(message, ws.messages, ws.seed, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(args: Arguments, ws: Workspace) -> Json:
    channel = ws.directory.for_posting(args.required("channel", "channel_not_found"))
    user = ws.directory.user(args.required("user", "user_not_in_channel"))
    if user is None or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    draft = check_message(message_arguments(args, SHORT_TEXT))
    message = ws.post_as_bot(Place(channel.id, args.text("thread_ts"), ephemeral_to=user.id), draft)
    return {"message_ts": message.ts}


def update(args: Arguments, ws: Workspace) -> Json:
    message = _own_message(args, ws, "cant_update_message")
    channel = ws.directory.conversations[message.place.channel]
    if channel.archived:
        raise SlackError("is_inactive")
    edited = apply_edit(message.draft, message_arguments(args, SHORT_TEXT))
    ws.messages.edit(message, edited, shows_edited=shows_edited(args.values))
    shown = message_object(message, ws.messages, ws.seed, metadata=True)
    return {"channel": message.place.channel, "ts": message.ts, "text": message.draft.text, "message": shown}


def delete(args: Arguments, ws: Workspace) -> Json:
    message = _own_message(args, ws, "cant_delete_message")
    ws.messages.delete(message)
    return {"channel": message.place.channel, "ts": message.ts}


def get_permalink(args: Arguments, ws: Workspace) -> Json:
    channel = ws.directory.conversation(args.required("channel", "channel_not_found"))
    if channel is None:
        raise SlackError("channel_not_found")
    message = ws.messages.find(channel.id, args.required("message_ts", "message_not_found"))
    if message is None or message.place.ephemeral_to:
        raise SlackError("message_not_found")
    link = permalink(ws.seed.domain, channel.id, message.ts, message.place.thread_ts)
    return {"channel": channel.id, "permalink": link}


def _own_message(args: Arguments, ws: Workspace, not_own: str) -> Message:
    """Finds a message of the bot's. chat.* cannot reach ephemeral messages."""
    channel = ws.directory.conversation(args.required("channel", "channel_not_found"))
    if channel is None:
        raise SlackError("channel_not_found")
    message = ws.messages.find(channel.id, args.required("ts", "message_not_found"))
    if message is None or message.place.ephemeral_to or message.deleted:
        raise SlackError("message_not_found")
    if message.user != ws.seed.bot.id:
        raise SlackError(not_own)
    return message
