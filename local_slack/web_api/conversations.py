"""conversations.*: which there are, who is in them, joining and opening."""

from __future__ import annotations

from local_slack.errors import Json, SlackError
from local_slack.web_api.arguments import Arguments
from local_slack.web_api.paging import UNDER_A_THOUSAND, page
from local_slack.workspace.people import Conversation, Kind
from local_slack.workspace.state import Workspace

_TYPES = {"public_channel": Kind.CHANNEL, "private_channel": None, "mpim": None, "im": Kind.DIRECT}


def named(args: Arguments, ws: Workspace) -> Conversation:
    """The conversation the call names by id; names are not taken here, as in Slack."""
    found = ws.directory.conversations.get(args.required("channel", "channel_not_found"))
    if found is None or (found.private and ws.seed.bot.id not in found.members):
        raise SlackError("channel_not_found")
    return found


def info(args: Arguments, ws: Workspace) -> Json:
    return {"channel": named(args, ws).describe(ws.seed.bot.id)}


def list_all(args: Arguments, ws: Workspace) -> Json:
    wanted = (args.text("types") or "public_channel").replace(" ", "").split(",")
    if not set(wanted) <= set(_TYPES):
        raise SlackError("invalid_types")
    kinds = {_TYPES[name] for name in wanted}
    found = sorted((c for c in ws.directory.conversations.values() if c.kind in kinds), key=lambda c: c.id)
    shown, cursor = page(found, args, lambda c: c.id, most=UNDER_A_THOUSAND)
    return {
        "channels": [conversation.describe(ws.seed.bot.id) for conversation in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def members(args: Arguments, ws: Workspace) -> Json:
    shown, cursor = page(sorted(named(args, ws).members), args, str)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def join(args: Arguments, ws: Workspace) -> Json:
    conversation = named(args, ws)
    if conversation.kind is Kind.DIRECT:
        raise SlackError("method_not_supported_for_channel_type")
    if conversation.archived:
        raise SlackError("is_archived")
    bot = ws.seed.bot.id
    if bot not in conversation.members:
        conversation.members.append(bot)
    return {"channel": conversation.describe(bot)}


def open_direct(args: Arguments, ws: Workspace) -> Json:
    wanted = args.required("users", "users_list_not_supplied").split(",")
    if len(wanted) > 1:
        raise SlackError("too_many_users")
    user = ws.directory.users.get(wanted[0])
    if user is None or user.is_bot:
        raise SlackError("user_not_found")
    if user.is_deleted:
        raise SlackError("user_disabled")
    conversation, was_open = ws.directory.direct(user.id)
    return {"channel": {"id": conversation.id}, **({"no_op": True, "already_open": True} if was_open else {})}
