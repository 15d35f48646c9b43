"""conversations.*: listing, joining, opening, and reading history."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from local_slack.errors import Json, SlackError
from local_slack.web_api.arguments import UNDER_A_THOUSAND, Arguments, page
from local_slack.workspace import Workspace
from local_slack.workspace.directory import Conversation, Kind
from local_slack.workspace.messages import Message
from local_slack.workspace.objects import message_object

_TYPES = frozenset({"public_channel", "private_channel", "mpim", "im"})


def named(args: Arguments, ws: Workspace) -> Conversation:
    """Finds the conversation by its id. Slack takes no names here."""
    found = ws.directory.conversations.get(args.required("channel", "channel_not_found"))
    if found is None or not found.is_visible_to(ws.seed.bot.id):
        raise SlackError("channel_not_found")
    return found


def _type(conversation: Conversation) -> str:
    if conversation.kind is Kind.DIRECT:
        return "im"
    return "private_channel" if conversation.private else "public_channel"


def info(args: Arguments, ws: Workspace) -> Json:
    return {"channel": named(args, ws).describe(ws.seed.bot.id)}


def list_all(args: Arguments, ws: Workspace) -> Json:
    wanted = (args.text("types") or "public_channel").replace(" ", "").split(",")
    if not set(wanted) <= _TYPES:
        raise SlackError("invalid_types")
    visible = [c for c in ws.directory.conversations.values() if c.is_visible_to(ws.seed.bot.id)]
    found = sorted((c for c in visible if _type(c) in wanted), key=lambda c: c.id)
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


@dataclass(frozen=True)
class _Span:
    """The timestamps from `oldest` to `latest`; None is no bound. The ends themselves are included only if
    `inclusive`."""

    oldest: Decimal | None
    latest: Decimal | None
    inclusive: bool

    @classmethod
    def of(cls, args: Arguments) -> _Span:
        oldest = _moment(args.text("oldest"), "invalid_ts_oldest")
        return cls(oldest, _moment(args.text("latest"), "invalid_ts_latest"), args.flag("inclusive"))

    def shows(self, message: Message) -> bool:
        ts = Decimal(message.ts)
        if message.place.ephemeral_to:
            return False
        if self.inclusive and ts in (self.oldest, self.latest):
            return True
        return (self.oldest is None or ts > self.oldest) and (self.latest is None or ts < self.latest)


def _moment(ts: str | None, error: str) -> Decimal | None:
    """Parses a timestamp as Decimal, because a float cannot hold the microseconds. None stays None. Raises SlackError
    with the code `error` if the text is no finite number."""
    if ts is None:
        return None
    try:
        moment = Decimal(ts)
    except InvalidOperation as exc:
        raise SlackError(error) from exc
    if not moment.is_finite():
        raise SlackError(error)
    return moment


def history(args: Arguments, ws: Workspace) -> Json:
    conversation, span = named(args, ws), _Span.of(args)
    _must_be_member(conversation.members, ws)
    found = [m for m in reversed(ws.messages.of(conversation.id)) if m.in_channel and span.shows(m)]
    shown, cursor = page(found, args, lambda m: m.ts, before=operator.gt, most=UNDER_A_THOUSAND)
    return _answer(shown, cursor, args, ws) | {"pin_count": 0}


def replies(args: Arguments, ws: Workspace) -> Json:
    conversation, span = named(args, ws), _Span.of(args)
    _must_be_member(conversation.members, ws)
    message = ws.messages.find(conversation.id, args.required("ts", "thread_not_found"))
    if message is None or message.place.ephemeral_to:
        raise SlackError("thread_not_found")
    # The ts of a reply finds only that reply. The ts of a root finds the whole thread, with the root always first.
    messages = [m for m in ws.messages.thread(message) if m is message or span.shows(m)]
    shown, cursor = page(messages, args, lambda m: m.ts)
    return _answer(shown, cursor, args, ws)


def _must_be_member(members: list[str], ws: Workspace) -> None:
    if ws.seed.bot.id not in members:
        raise SlackError("not_in_channel")


def _answer(shown: list[Message], cursor: str, args: Arguments, ws: Workspace) -> Json:
    metadata = args.flag("include_all_metadata")
    return {
        "messages": [message_object(m, ws.messages, ws.seed, metadata=metadata) for m in shown],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
